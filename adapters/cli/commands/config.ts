/** The command that prints the settings in effect. */
import { Effect, Option } from "effect"
import { Command } from "effect/cli"
import { CliEnvironment } from "../CliEnvironment.ts"
import { table } from "../output/Table.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { print, rootCommand } from "../RootCommand.ts"
import { ConfigDirectory } from "../session/UserDirectories.ts"

export const config = Command.make(
  "config",
  {},
  Effect.fnUntraced(function* () {
    const { server } = yield* rootCommand
    const { settings: read, version } = yield* CliEnvironment
    const folder = yield* ConfigDirectory
    const settings = yield* read
    const shown = [
      { name: "version", value: version, source: "" },
      { name: "works on", value: Option.getOrElse(server, () => "the local database"), source: "" },
      { name: "config folder", value: folder, source: "" },
      ...settings,
    ]
    yield* print(
      (style) =>
        table(
          [
            { header: "SETTING", cells: shown.map(({ name }) => name) },
            { header: "VALUE", cells: shown.map(({ value }) => escapeControl(value)) },
            { header: "SOURCE", cells: shown.map(({ source }) => source) },
          ],
          style,
        ),
      {
        version,
        server: Option.getOrNull(server),
        config_folder: folder,
        settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
        sources: Object.fromEntries(settings.map(({ name, source }) => [name, source])),
      },
    )
  }),
).pipe(
  Command.withDescription("Show every setting in force and its source, without secrets"),
  Command.withExamples([{ command: "taskwright config" }, { command: "DATA_DIR=/srv/tasks taskwright config --json" }]),
)
