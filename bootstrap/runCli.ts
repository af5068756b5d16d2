/** Runs the command as a process: environment, signals, and exit code. */
import { homedir } from "node:os"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Exit, Layer } from "effect"
import { adoptZone, unknownZone } from "../adapters/cli/dates/LocalZone.ts"
import { main } from "../adapters/cli/Main.ts"
import { exitCodes } from "../adapters/cli/output/ExitCodes.ts"
import { findTerminalSession, TerminalSession } from "../adapters/cli/session/TerminalSession.ts"
import { ConfigDirectory, userDirectoriesOf } from "../adapters/cli/session/UserDirectories.ts"
import { codeOf, FileError } from "../adapters/filesystem/FileErrors.ts"
import { installation } from "./CliInstallation.ts"
import { runMain } from "./runMain.ts"
import { terminalDefaults } from "./settings/terminalDefaults.ts"
import { terminalProbe } from "./terminalProbe.ts"

/** The code that shells use after a broken pipe: 128 + SIGPIPE. */
const brokenPipe = 141

const folders = userDirectoriesOf(process.env, process.platform, homedir())
// The command works on the user's own data in every directory, not on a folder of the current one.
const defaults = { DATA_DIR: folders.data, ...terminalDefaults(process.stdout) }

// Before any date is formatted: the runtime keeps the first zone that it finds.
const givenZone = process.env["TZ"] ?? ""
const isZoneKnown = adoptZone(process.env)

const terminal = Layer.sync(TerminalSession, () => findTerminalSession(terminalProbe))

// The reader may close the output early (`taskwright list | head`): that is no error to report.
process.stdout.on("error", (error) => {
  if (codeOf(error) === "EPIPE") process.exit(brokenPipe)
  const { message } = new FileError({ path: "standard output", cause: error })
  console.error(
    process.argv.includes("--json")
      ? JSON.stringify({ error: { code: "file_unusable", message } })
      : `taskwright: ${message}`,
  )
  process.exit(exitCodes.refused)
})
// If standard error cannot be written either, the exit code alone reports the result.
process.stderr.on("error", () => {})

if (!isZoneKnown) console.error(`taskwright: ${unknownZone(givenZone)} Times are shown in UTC.`)

runMain(
  main(process.argv.slice(2)).pipe(
    Effect.provide(
      Layer.mergeAll(
        installation(defaults),
        NodeServices.layer,
        Layer.succeed(ConfigDirectory, folders.config),
        terminal,
      ),
    ),
  ),
  {
    disableErrorReporting: true,
    // A signal ends a command with 130, the code of shells; a stopped service has done its work.
    teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) ? Number(exit.value) : Number(process.exitCode ?? 130)),
  },
)
