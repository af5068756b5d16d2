/** Connects the command to the use cases and adapters of this installation. */
import { setFlagsFromString } from "node:v8"
import { Effect, Layer } from "effect"
import { CliEnvironment, OnWait } from "../adapters/cli/CliEnvironment.ts"
import { workerNumber } from "./processes/workerNumber.ts"
import { logStop } from "./runMain.ts"
import type { ProgramDefaults } from "./settings/SettingSources.ts"
import { version } from "./version.ts"

/**
 * Stops the embedded database's code from being optimized. A command ends before optimized code would pay off, and
 * optimizing takes 50 MB and more.
 */
const skipOptimizing = Effect.sync(() => {
  setFlagsFromString("--no-wasm-tier-up")
  setFlagsFromString("--no-wasm-dynamic-tiering")
  setFlagsFromString("--wasm-lazy-validation")
})

/**
 * The composition root of the command, with its own defaults of settings. Each part is loaded when a command needs it, so
 * that the others start quickly.
 */
export const installation = (defaults: ProgramDefaults) => {
  const cliSettings = Effect.promise(() => import("./CliSettings.ts"))
  const readSettings = Effect.flatMap(cliSettings, ({ read }) => read(defaults))
  return Layer.succeed(CliEnvironment, {
    version,
    settings: Effect.flatMap(cliSettings, ({ list }) => list(defaults)),
    local: Effect.gen(function* () {
      const settings = yield* readSettings
      yield* skipOptimizing
      const { instanceOf } = yield* cliSettings
      const { liveCommand } = yield* Effect.promise(() => import("./liveCommand.ts"))
      const { resetPasswordLink } = yield* Effect.promise(() => import("../adapters/mail/EmailContent.ts"))
      return {
        resetLink: (token: string) => resetPasswordLink(settings.publicUrl, token),
        instance: instanceOf(settings.database),
        isPersonal: settings.database._tag === "Embedded",
        isVerifiedEmailRequired: settings.emailVerification === "required",
        ports: Layer.unwrap(
          Effect.map(OnWait, (onWait) =>
            liveCommand(settings, (holder) =>
              onWait(holder === undefined ? "another process" : `process ${holder.pid}`),
            ),
          ),
        ),
      }
    }),
    serve: Effect.gen(function* () {
      const settings = yield* readSettings
      yield* Effect.promise(() => import("effect/schema/SchemaJITCompiler/enable"))
      const { startService } = yield* Effect.promise(() => import("./startService.ts"))
      const Logging = yield* Effect.promise(() => import("../adapters/telemetry/Logging.ts"))
      return yield* startService(settings).pipe(
        Effect.onInterrupt(() => logStop),
        Effect.provide(Logging.layer(settings, workerNumber)),
        Effect.onInterrupt(() =>
          Effect.sync(() => {
            process.exitCode = 0
          }),
        ),
      )
    }),
    migrate: Effect.gen(function* () {
      const { migrate } = yield* Effect.promise(() => import("../adapters/postgres/migrations/Migrations.ts"))
      const { database } = yield* Effect.promise(() => import("./ports.ts"))
      return yield* Effect.provide(migrate, database(yield* readSettings, { purpose: "command" }))
    }),
    diagnose: Effect.gen(function* () {
      const settings = yield* readSettings
      const { diagnose } = yield* Effect.promise(() => import("./doctor.ts"))
      return yield* diagnose(settings, process.env)
    }),
    backupStore: Effect.fnUntraced(function* (command) {
      const settings = yield* readSettings
      yield* skipOptimizing
      const { backupStore } = yield* Effect.promise(() => import("./backupStore.ts"))
      return yield* backupStore(settings, command)
    }),
    openApi: Effect.map(
      Effect.promise(() => import("../adapters/http/api/v1/OpenApiDocument.ts")),
      ({ openApiText }) => openApiText,
    ),
  })
}
