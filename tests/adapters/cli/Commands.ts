/** Runs the command inside the test process, on a local or a remote backend. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { stripVTControlCharacters } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { type Cause, ConfigProvider, Console, Effect, Layer, Option, Queue, Terminal } from "effect"
import { TerminalCapabilities } from "effect/cli"
import { CliEnvironment, type LocalEnvironment } from "../../../adapters/cli/CliEnvironment.ts"
import { main } from "../../../adapters/cli/Main.ts"
import { TerminalSession, type TerminalSessionShape } from "../../../adapters/cli/session/TerminalSession.ts"
import { ConfigDirectory } from "../../../adapters/cli/session/UserDirectories.ts"
import { CollectGarbage } from "../../../adapters/cli/transfer/CollectGarbage.ts"
import type { SentEmails } from "../../../adapters/memory/MemoryEmailSender.ts"
import { memory } from "../../../bootstrap/memory.ts"
import { type Service, startService } from "../../support/http.ts"

export interface Ran {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** A command line in this process, on the use cases in memory or on a server that has them. */
export interface CommandLine {
  readonly run: (
    args: ReadonlyArray<string>,
    input?: string,
    terminal?: TerminalSessionShape,
    columns?: number,
  ) => Promise<Ran>
  /** Runs the command with its output in a pipe. */
  readonly pipe: (args: ReadonlyArray<string>) => Promise<Ran>
  readonly json: <A>(args: ReadonlyArray<string>) => Promise<A>
  /** Runs the command in a terminal that can prompt, and presses these keys (`down`, `enter`) one after the other. */
  readonly press: (
    args: ReadonlyArray<string>,
    keys: ReadonlyArray<string>,
  ) => Promise<Ran & { readonly shown: string }>
  readonly folder: string
  /** The environment variables of the next commands; none at first. */
  readonly environment: Record<string, string>
  readonly service: Service<SentEmails>
  readonly stop: () => Promise<void>
}

interface RunOptions {
  readonly input: string
  /** The keys that are pressed at prompts; null if the terminal cannot prompt. */
  readonly keys: ReadonlyArray<string> | null
  readonly terminalSession: TerminalSessionShape
  /** The columns of the terminal; 0 if the output is no terminal. */
  readonly columns: number
}

/** Returns what a terminal reads if these keys are pressed, and then no more. */
const queueOf = Effect.fnUntraced(function* (keys: ReadonlyArray<string>) {
  const queue = yield* Queue.unbounded<Terminal.UserInput, Cause.Done>()
  const inputs = keys.map((name) => ({
    input: Option.none(),
    key: { name, ctrl: false, meta: false, shift: false },
  }))
  yield* Queue.offerAll(queue, inputs)
  yield* Queue.end(queue)
  return queue
})

/** The default terminal of every command. */
const oneTerminal: TerminalSessionShape = { key: "one", isShown: true }

/** The columns of a terminal that truncates nothing. */
const wide = 300

export const backends = ["local", "remote"] as const

/** Starts a service in memory, and returns a command line that calls its ports directly or over HTTP. */
export const commandLine = async (
  backend: (typeof backends)[number],
  settings: Parameters<typeof startService>[1] = {},
  { isPersonal }: Pick<LocalEnvironment, "isPersonal"> = { isPersonal: true },
): Promise<CommandLine> => {
  const service = await startService<SentEmails>(memory, settings)
  const folder = mkdtempSync(join(tmpdir(), "taskwright-cli-"))
  const env: Record<string, string> = {}
  const environment = Layer.succeed(CliEnvironment, {
    version: "1.2.3",
    settings: Effect.succeed([{ name: "HOST", value: "127.0.0.1", source: "default" as const }]),
    local: Effect.succeed({
      instance: { key: "local:memory", label: "memory" },
      isPersonal,
      isVerifiedEmailRequired: settings.isVerifiedEmailRequired ?? false,
      ports: Layer.succeedContext(service.context),
      resetLink: (token: string) => `${service.url}/reset-password?token=${token}`,
    }),
    serve: Effect.void,
    migrate: Effect.succeed(["0001_create_schema"]),
    diagnose: Effect.succeed([]),
    backupStore: () => Effect.die(new Error("a service in memory has no database to dump")),
    openApi: Effect.succeed("{}"),
  })
  const runWith = async (
    args: ReadonlyArray<string>,
    { columns, input, keys, terminalSession }: RunOptions,
  ): Promise<Ran & { readonly shown: string }> => {
    let output = ""
    let errors = ""
    let shown = ""
    const pressed = await Effect.runPromise(queueOf(keys ?? []))
    const lines = input.split("\n").filter((line) => line !== "")
    const console: Console.Console = {
      ...globalThis.console,
      log: (...parts: ReadonlyArray<unknown>) => {
        output += `${parts.join(" ")}\n`
      },
      error: (...parts: ReadonlyArray<unknown>) => {
        errors += `${parts.join(" ")}\n`
      },
    }
    const terminal = Terminal.make({
      columns: Effect.succeed(columns),
      rows: Effect.succeed(0),
      size: Effect.die("not asked for"),
      readInput: keys === null ? Effect.die("not asked for") : Effect.succeed(pressed),
      readLine: Effect.suspend(() => {
        const line = lines.shift()
        return line === undefined ? Effect.fail(new Terminal.QuitError({})) : Effect.succeed(line)
      }),
      display: (text) =>
        Effect.sync(() => {
          shown += text
        }),
    })
    const code = await Effect.runPromise(
      main(backend === "local" ? args : ["--server", service.url, ...args]).pipe(
        Effect.provide(
          Layer.mergeAll(
            environment,
            Layer.succeed(ConfigDirectory, folder),
            Layer.succeed(TerminalSession, terminalSession),
            Layer.succeed(TerminalCapabilities.TerminalCapabilities, {
              canColor: false,
              canAnimate: false,
              canPrompt: keys !== null,
            }),
          ),
        ),
        Effect.provideService(Terminal.Terminal, terminal),
        Effect.provide(NodeServices.layer),
        Effect.provideService(Console.Console, console),
        // This process holds the modules of all tests, so that a collection takes long.
        Effect.provideService(CollectGarbage, Effect.succeed(Effect.void)),
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
      ),
    )
    return { code, output, errors, shown: stripVTControlCharacters(shown) }
  }
  const run = async (
    args: ReadonlyArray<string>,
    input = "",
    terminalSession = oneTerminal,
    columns = wide,
  ): Promise<Ran> => {
    const { code, errors, output } = await runWith(args, { input, keys: null, terminalSession, columns })
    return { code, output, errors }
  }
  return {
    run,
    pipe: (args) => run(args, "", { key: "one", isShown: false }, 0),
    press: (args, keys) => runWith(args, { input: "", keys, terminalSession: oneTerminal, columns: wide }),
    json: async <A>(args: ReadonlyArray<string>) => JSON.parse((await run([...args, "--json"])).output) as A,
    folder,
    environment: env,
    service,
    stop: async () => {
      await service.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
