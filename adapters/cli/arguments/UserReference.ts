/** Finds the account that an operator names by its email address or its id. */
import { Effect, Option } from "effect"
import { Argument } from "effect/cli"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { Administration } from "../backend/Administration.ts"
import { NotFound } from "../CliErrors.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { decodeArgument } from "./DecodeArgument.ts"

/** The argument that names a user. */
export const userReference = Argument.String("user").pipe(
  Argument.withDescription("The account's email address, or its id"),
)

/** Returns the account, or fails with `NotFound`. */
export const requireUser = Effect.fnUntraced(function* (text: string) {
  const { findUser } = yield* Administration
  const user = text.includes("@")
    ? ({ _tag: "Email", email: yield* decodeArgument(EmailAddress, "email address", text) } as const)
    : ({ _tag: "Id", id: yield* decodeArgument(UserId, "id", text.trim().toLowerCase()) } as const)
  return yield* Option.match(yield* findUser(user), {
    onNone: () => Effect.fail(new NotFound({ message: `There is no account ${escapeControl(text.trim())}.` })),
    onSome: Effect.succeed,
  })
})
