/** The commands for operators: serve, migrate, and print the OpenAPI document. */
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import { CliEnvironment } from "../CliEnvironment.ts"
import { print } from "../RootCommand.ts"

export const serve = Command.make(
  "serve",
  {},
  Effect.fnUntraced(function* () {
    yield* (yield* CliEnvironment).serve
  }),
).pipe(
  Command.withDescription("Serve the HTTP API until stopped; settings are read from the environment"),
  Command.withExamples([{ command: "PORT=8080 taskwright serve" }]),
)

export const migrate = Command.make(
  "migrate",
  {},
  Effect.fnUntraced(function* () {
    const applied = yield* (yield* CliEnvironment).migrate
    yield* print(
      () => (applied.length === 0 ? "No migration is pending." : `Applied migrations: ${applied.join(", ")}`),
      { applied },
    )
  }),
).pipe(
  Command.withDescription("Bring the database up to date"),
  Command.withExamples([{ command: "DATABASE_URL=postgres://localhost/tasks taskwright migrate" }]),
)

export const openapi = Command.make(
  "openapi",
  {},
  Effect.fnUntraced(function* () {
    yield* Console.log((yield* (yield* CliEnvironment).openApi).trimEnd())
  }),
).pipe(
  Command.withDescription("Print the OpenAPI document of the HTTP API"),
  Command.withExamples([{ command: "taskwright openapi > openapi.json" }]),
)
