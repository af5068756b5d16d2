/** Reads the token of an email, from the link in it or as it is. */
import { Effect } from "effect"
import { InvalidInput } from "../CliErrors.ts"

/** The longest token that the API accepts. */
const maxTokenLength = 4096
/** A link has an address before its token. */
const maxLinkLength = 2 * maxTokenLength

/** Returns the token. Fails if the text cannot be one. */
export const readEmailedToken = (text: string): Effect.Effect<string, InvalidInput> => {
  const trimmed = text.trim()
  const token = trimmed.length > maxLinkLength ? "" : (URL.parse(trimmed)?.searchParams.get("token") ?? trimmed)
  return token === "" || token.length > maxTokenLength || /\s/.test(token)
    ? Effect.fail(new InvalidInput({ message: "Give the link of the email, or the token at its end." }))
    : Effect.succeed(token)
}
