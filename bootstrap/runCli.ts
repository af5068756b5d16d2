import { homedir } from "node:os"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { ConfigProvider, Effect, Exit, Layer } from "effect"
import { adoptZone, unknownZone } from "../adapters/cli/dates/LocalZone.ts"
import { main } from "../adapters/cli/Main.ts"
import { exitCodes } from "../adapters/cli/output/ExitCodes.ts"
import { findTerminalSession, TerminalSession } from "../adapters/cli/session/TerminalSession.ts"
import { ConfigDirectory, userDirectoriesOf } from "../adapters/cli/session/UserDirectories.ts"
import { codeOf, FileUnusable } from "../adapters/filesystem/FileUnusable.ts"
import { installation } from "./CliInstallation.ts"
import { misspelledSettings, misspellingText } from "./MisspelledSettings.ts"
import { runMain } from "./runMain.ts"
import { terminalProbe } from "./terminalProbe.ts"

/** As shells have it for a program whose reader is gone: 128 + SIGPIPE. */
const brokenPipe = 141

const folders = userDirectoriesOf(process.env, process.platform, homedir())
// The command works on the user's own data wherever it is called, not on a folder of the current directory.
const environment = ConfigProvider.fromEnv({ env: { DATA_DIR: folders.data, ...process.env } })

// Before any date is written: the runtime holds the first zone it finds.
const givenZone = process.env["TZ"] ?? ""
const isZoneKnown = adoptZone(process.env)

const terminal = Layer.sync(TerminalSession, () => findTerminalSession(terminalProbe))

// Who reads the output may have had enough (`taskwright list | head`): that is no error to tell of.
process.stdout.on("error", (error) => {
  if (codeOf(error) === "EPIPE") process.exit(brokenPipe)
  const { message } = new FileUnusable({ path: "standard output", cause: error })
  console.error(
    process.argv.includes("--json")
      ? JSON.stringify({ error: { code: "file_unusable", message } })
      : `taskwright: ${message}`,
  )
  process.exit(exitCodes.refused)
})
// Where standard error cannot be written either, the exit code alone tells how the command ended.
process.stderr.on("error", () => {})

for (const misspelled of misspelledSettings(Object.keys(process.env))) {
  console.error(`taskwright: ${misspellingText(misspelled)}`)
}

if (!isZoneKnown) console.error(`taskwright: ${unknownZone(givenZone)} Times are shown in UTC.`)

runMain(
  main(process.argv.slice(2)).pipe(
    Effect.provide(
      Layer.mergeAll(installation, NodeServices.layer, Layer.succeed(ConfigDirectory, folders.config), terminal),
    ),
    Effect.provideService(ConfigProvider.ConfigProvider, environment),
  ),
  {
    disableErrorReporting: true,
    // Who is stopped by a signal ends with 130, as shells have it; a service that is stopped has done its work.
    teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) ? Number(exit.value) : Number(process.exitCode ?? 130)),
  },
)
