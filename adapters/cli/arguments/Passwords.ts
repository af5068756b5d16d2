/** Reads passwords from the terminal or from standard input. */
import { Effect, Redacted, Terminal } from "effect"
import { Flag, Prompt, TerminalCapabilities } from "effect/cli"
import { InvalidInput } from "../CliErrors.ts"

/** A password is never an argument, because other users of the machine can see arguments. */
export const passwordStdin = Flag.Boolean("password-stdin").pipe(
  Flag.withoutNegation,
  Flag.withDescription("Read the password from the first line of standard input"),
  Flag.withDefault(false),
)

/** Returns the password from a prompt that does not echo it, or from the first line of standard input. */
export const askPassword = Effect.fnUntraced(function* (options: {
  readonly isFromStdin: boolean
  readonly isNew: boolean
  readonly question?: string
}) {
  const { canPrompt } = yield* TerminalCapabilities.TerminalCapabilities
  if (options.isFromStdin || !canPrompt) return yield* nextLine("There is no password on standard input.")
  const password = Redacted.value(yield* Prompt.run(Prompt.Password({ message: options.question ?? "Password" })))
  if (options.isNew) {
    const repeated = Redacted.value(yield* Prompt.run(Prompt.Password({ message: "Once more" })))
    if (repeated !== password) return yield* Effect.fail(new InvalidInput({ message: "The two passwords differ." }))
  }
  return password
})

/** Returns the next line of standard input. Fails with the message if there is none. */
export const nextLine = (message: string) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal.Terminal
    return yield* terminal.readLine
  }).pipe(Effect.catchTag("QuitError", () => Effect.fail(new InvalidInput({ message }))))
