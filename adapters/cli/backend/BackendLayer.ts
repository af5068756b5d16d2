/** Chooses the backend of a command and connects to it. */
import { Effect, Layer, Option } from "effect"
import { Command } from "effect/cli"
import { CliEnvironment, type EnvironmentError, OnWait, reportWait } from "../CliEnvironment.ts"
import { InvalidInput, Unreachable } from "../CliErrors.ts"
import { instanceOfServer } from "../Instance.ts"
import { rootCommand } from "../RootCommand.ts"
import { Backend } from "./Backend.ts"
import { makeLocalBackend } from "./LocalBackend.ts"

/** The backend that the flags select: the server that is named, else the database of this installation. */
export const backend = Layer.unwrap(
  Effect.map(
    rootCommand,
    ({ server }): Layer.Layer<Backend, EnvironmentError | InvalidInput | Unreachable, CliEnvironment> =>
      Option.match(server, { onNone: () => local, onSome: remote }),
  ),
)

const local = Layer.unwrap(
  Effect.gen(function* () {
    const { ports, ...options } = yield* (yield* CliEnvironment).local
    return Layer.effect(Backend, makeLocalBackend(options)).pipe(
      Layer.provide(ports),
      Layer.catch((error) => Layer.effect(Backend, Effect.fail(notOpened(error)))),
    )
  }),
)

/** Returns the error of a command that cannot open its database. */
export const notOpened = (error: Error): Unreachable => {
  const isHeld = "_tag" in error && error._tag === "DataFolderInUse"
  const holder = "holder" in error && typeof error.holder === "object" ? error.holder : null
  const purpose = holder !== null && "purpose" in holder ? holder.purpose : null
  const advice = !isHeld
    ? ""
    : purpose === "command"
      ? " Try again when that command has ended."
      : " If a server runs on it, use: --server URL"
  return new Unreachable({ message: `${error.message || String(error)}${advice}` })
}

/** Returns the server's URL without a slash at the end. */
const readServerUrl = (text: string): Effect.Effect<string, InvalidInput> => {
  const url = URL.parse(text)
  const isServer =
    url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.search === "" && url.hash === ""
  const message = "--server takes an http or https URL, like https://tasks.example.com"
  return isServer
    ? Effect.succeed(`${url.origin}${url.pathname.replace(/\/+$/, "")}`)
    : Effect.fail(new InvalidInput({ message }))
}

/** The instance that the flags select. Nothing is opened. */
export const instanceOfFlags = Effect.gen(function* () {
  const { server } = yield* rootCommand
  if (Option.isSome(server)) return instanceOfServer(yield* readServerUrl(server.value))
  return (yield* (yield* CliEnvironment).local).instance
})

const remote = (text: string) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const url = yield* readServerUrl(text)
      const { version } = yield* CliEnvironment
      // Only a command that uses a server pays the time to load the client.
      const { layer } = yield* Effect.promise(() => import("./RemoteBackend.ts"))
      return layer({ url, version })
    }),
  )

/** Provides the backend that the flags select to the command; it opens when the command runs. */
export const withBackend = <const Name extends string, Input, E, R, ContextInput>(
  command: Command.Command<Name, Input, ContextInput, E, R>,
) => Command.provide(command, backend)

/** Like `withBackend`, but reports waits on standard error even if that is no terminal. */
export const withBackendReportingWaits = <const Name extends string, Input, E, R, ContextInput>(
  command: Command.Command<Name, Input, ContextInput, E, R>,
) => Command.provide(command, Layer.provide(backend, Layer.succeed(OnWait, reportWait)))
