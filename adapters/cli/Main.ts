/** The command line: all commands, their help, and the exit code of each run. */
import { Console, Effect, Option } from "effect"
import { CliConfig, CliOutput, Command, Completions, GlobalFlag, TerminalCapabilities } from "effect/cli"
import { beforeDoubleDash, dashHint, refuseHelpAsValue, refuseTextLikeFlags } from "./arguments/TextLikeFlags.ts"
import { CliEnvironment } from "./CliEnvironment.ts"
import { InvalidInput } from "./CliErrors.ts"
import { account } from "./commands/account.ts"
import { add } from "./commands/add.ts"
import { admin } from "./commands/admin.ts"
import { assign, unassign } from "./commands/assign.ts"
import { dump, restore } from "./commands/backup.ts"
import { category } from "./commands/category.ts"
import { config } from "./commands/config.ts"
import { doctor } from "./commands/doctor.ts"
import { edit } from "./commands/edit.ts"
import { exportTasks } from "./commands/export.ts"
import { history } from "./commands/history.ts"
import { importTasks } from "./commands/import.ts"
import { list } from "./commands/list.ts"
import { login } from "./commands/login.ts"
import { logout } from "./commands/logout.ts"
import { mcp } from "./commands/mcp.ts"
import { register } from "./commands/register.ts"
import { rm } from "./commands/rm.ts"
import { search } from "./commands/search.ts"
import { migrate, openapi, serve } from "./commands/service.ts"
import { sessions } from "./commands/sessions.ts"
import { show } from "./commands/show.ts"
import { done, start } from "./commands/status.ts"
import { makeSuggest } from "./commands/suggest.ts"
import { today } from "./commands/today.ts"
import { token } from "./commands/token.ts"
import { trash } from "./commands/trash.ts"
import { undo } from "./commands/undo.ts"
import { whoami } from "./commands/whoami.ts"
import { liveScript } from "./completions/LiveScripts.ts"
import * as Log from "./Log.ts"
import { toExit } from "./output/ExitCodes.ts"
import { escapeControlJson } from "./output/TerminalText.ts"
import { withSynonyms } from "./output/UsageErrors.ts"
import { rootCommand } from "./RootCommand.ts"

const groups = [
  { group: "Tasks", commands: [add, list, search, today, show, edit, start, done, rm, assign, unassign, category] },
  { group: "History", commands: [undo, history, trash] },
  { group: "Import and export", commands: [exportTasks, importTasks] },
  { group: "Account", commands: [register, login, logout, whoami, sessions, token, account] },
  { group: "Service", commands: [serve, mcp, migrate, dump, restore, openapi, config, doctor, admin] },
] as const

const listed = rootCommand.pipe(Command.withSubcommands(groups))

const suggest = makeSuggest(() => Completions.fromCommand(listed))

/** All commands. */
export const commands = rootCommand.pipe(Command.withSubcommands([...groups, suggest]))

/** Prints the completions of Effect, and the code that adds tasks and categories to them. */
const completions: typeof GlobalFlag.Completions = {
  ...GlobalFlag.Completions,
  run: (shell, context) =>
    Effect.andThen(
      GlobalFlag.Completions.run(shell, context),
      Option.match(shell, { onNone: () => Effect.void, onSome: (name) => Console.log(liveScript(name)) }),
    ),
}

/** Requested help is output. After wrong usage it goes to standard error, because a script may read the output. */
const presenter = (args: ReadonlyArray<string>) =>
  CliOutput.layerPresenter({
    present: (event) =>
      Effect.gen(function* () {
        const { canColor } = yield* TerminalCapabilities.TerminalCapabilities
        const formatter = CliOutput.defaultFormatter({ colors: canColor })
        switch (event._tag) {
          case "Help": {
            const misuse = refuseHelpAsValue(args, event.helpDoc)
            // A presenter cannot fail, so `main` turns this defect into the error.
            if (misuse !== null) return yield* Effect.die(misuse)
            return yield* Console.log(formatter.formatHelpDoc(event.helpDoc))
          }
          case "InvalidInvocation": {
            // For a script, the error is JSON, which `main` prints.
            if (hasFlag(args, "--json")) return
            const isFlagUnknown = event.errors.some(({ _tag }) => _tag === "UnrecognizedOption")
            return yield* Console.error(
              `${formatter.formatHelpDoc(event.helpDoc)}\n${formatter.formatErrors(event.errors.map(withSynonyms))}${isFlagUnknown ? `\n\n${dashHint}` : ""}`,
            )
          }
          case "Version":
            return yield* Console.log(event.version)
        }
      }),
  })

/** Returns whether the flag is given. Works also before parsing and when the other arguments are invalid. */
const hasFlag = (args: ReadonlyArray<string>, flag: string): boolean => beforeDoubleDash(args).includes(flag)

/** Runs the command line and returns the exit code. An error takes one line on standard error. */
export const main = (args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { version } = yield* CliEnvironment
    yield* refuseTextLikeFlags(args)
    yield* Command.runWith(commands, { version })(args).pipe(
      Effect.catchDefect((defect) => (defect instanceof InvalidInput ? Effect.fail(defect) : Effect.die(defect))),
    )
    return 0
  }).pipe(
    Effect.provide(presenter(args)),
    Effect.provide(Log.layer(hasFlag(args, "--verbose"))),
    Effect.provide(CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, completions] })),
    Effect.catchCause((cause) => {
      const { exitCode, json, message } = toExit(cause)
      const line = hasFlag(args, "--json")
        ? json && escapeControlJson({ error: json })
        : message && `taskwright: ${message}`
      return Effect.as(line === null ? Effect.void : Console.error(line), exitCode)
    }),
  )
