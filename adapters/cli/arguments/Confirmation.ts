/** Asks before a command destroys something for good. */
import { Effect } from "effect"
import { Flag, Prompt, TerminalCapabilities } from "effect/cli"
import { CommandFailed, InvalidInput } from "../CliErrors.ts"

/** The flag that answers the question before it is asked. */
export const yes = Flag.Boolean("yes").pipe(
  Flag.withoutNegation,
  Flag.withDescription("Do not ask; needed without a terminal"),
  Flag.withDefault(false),
)

/** Asks the question. Fails if the answer is no, or if there is no terminal to ask in. */
export const confirm = Effect.fnUntraced(function* (question: string, refused: string) {
  const { canPrompt } = yield* TerminalCapabilities.TerminalCapabilities
  if (!canPrompt) {
    return yield* new InvalidInput({ message: "Without a terminal, this needs --yes. It cannot be undone." })
  }
  const isConfirmed = yield* Prompt.run(Prompt.Confirm({ message: question, initial: false }))
  if (!isConfirmed) return yield* new CommandFailed({ message: refused })
})
