/** The root command, which owns the global flags and the choice between text and JSON. */
import { Config, Console, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { type Style, style } from "./output/Style.ts"
import { escapeControlJson } from "./output/TerminalText.ts"

/** The parent of all commands, with the flags that every command takes. */
export const rootCommand = Command.make("taskwright").pipe(
  Command.withSharedFlags({
    server: Flag.String("server").pipe(
      Flag.withMetavar("URL"),
      Flag.withDescription("Work on this server instead of the local database (or set TASKWRIGHT_SERVER)"),
      Flag.withFallbackConfig(Config.orElse(Config.String("TASKWRIGHT_SERVER"), () => Config.String("TASKWRIGHT_URL"))),
      Flag.optional,
    ),
    json: Flag.Boolean("json").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Print JSON, as the API has it"),
      Flag.withDefault(false),
    ),
    verbose: Flag.Boolean("verbose").pipe(
      Flag.withoutNegation,
      Flag.withDescription("Show the log on standard error"),
      Flag.withDefault(false),
    ),
  }),
  Command.withDescription(
    "Keep your tasks, in a database on this machine or on a server.\n" +
      "  Exit codes: 0 done, 1 refused, 2 wrong usage, 3 not found, 4 conflict, 5 not signed in, 6 unavailable, 130 stopped.",
  ),
  Command.withExamples([
    { command: "taskwright add Buy milk --due today", description: "The first steps need no account" },
    { command: "taskwright today" },
    { command: "taskwright done 1" },
    { command: "taskwright undo" },
  ]),
)

/** Prints a command's result: text for people, or one JSON document. */
export const print = (toText: (style: Style) => string, json: unknown) =>
  Effect.gen(function* () {
    const flags = yield* rootCommand
    const text = flags.json ? escapeControlJson(json, 2) : toText(yield* style)
    // An empty list in a pipe is no line.
    if (text !== "") yield* Console.log(text)
  })
