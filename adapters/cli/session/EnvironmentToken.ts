/** The API token that a script gives to the command in place of a login, by the environment alone. */
import { createHash } from "node:crypto"
import { Config, Effect, Option, Redacted } from "effect"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { fromHex } from "../../../domain/shared/Uuid.ts"
import { Backend } from "../backend/Backend.ts"
import { InvalidInput } from "../CliErrors.ts"

const variable = "TASKWRIGHT_TOKEN"

/** What can be sent in a header. Whether it is a token, the server decides. */
const isSendable = (text: string): boolean => /^[\x21-\x7e]{1,4096}$/.test(text)

/** The token in `TASKWRIGHT_TOKEN`; null if there is none. Fails if no server is named, because it belongs to one. */
export const environmentToken = Effect.gen(function* () {
  const given = yield* Effect.orDie(Config.option(Config.Redacted(variable)))
  const text = Option.match(given, { onNone: () => "", onSome: (value) => Redacted.value(value).trim() })
  if (text === "") return null
  const { isServer } = yield* Backend
  if (!isServer) {
    const message = `${variable} is for a server, and this command would work on the local database. Name the server with --server or TASKWRIGHT_URL, or unset ${variable}.`
    return yield* new InvalidInput({ message })
  }
  if (!isSendable(text)) return yield* new InvalidInput({ message: `${variable} holds no token.` })
  return Redacted.make(text)
})

/**
 * Returns an id that stands for the token in files of this machine, because a token does not tell the id of its user. The
 * token cannot be found from it.
 */
export const idOfToken = (token: Redacted.Redacted<string>): UserId =>
  UserId.make(fromHex(createHash("sha256").update(Redacted.value(token)).digest("hex").slice(0, 32)))
