/** The command that checks the set-up of the service. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { CliEnvironment } from "../CliEnvironment.ts"
import { CommandFailed } from "../CliErrors.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"

export const doctor = Command.make(
  "doctor",
  {},
  Effect.fnUntraced(function* () {
    const findings = yield* (yield* CliEnvironment).diagnose
    const width = Math.max(...findings.map(({ check }) => check.length))
    yield* print(
      () =>
        findings
          .map(({ check, message, status }) =>
            escapeControl(`${status.padEnd("warning".length)}  ${check.padEnd(width)}  ${message}`),
          )
          .join("\n"),
      { checks: findings },
    )
    const count = findings.filter(({ status }) => status === "failed").length
    if (count > 0) {
      return yield* new CommandFailed({ message: count === 1 ? "One check failed." : `${count} checks failed.` })
    }
  }),
).pipe(
  Command.withDescription("Check the set-up: database, Redis, mail, files and PUBLIC_URL; nothing is written"),
  Command.withExamples([{ command: "taskwright doctor" }, { command: "NODE_ENV=production taskwright doctor --json" }]),
)
