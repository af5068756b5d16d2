/** Connects the command to the use cases and adapters of this installation. */
import { createHash } from "node:crypto"
import { createRequire } from "node:module"
import { resolve } from "node:path"
import { setFlagsFromString } from "node:v8"
import { Effect, Layer, Redacted } from "effect"
import { CliEnvironment, OnWait } from "../adapters/cli/CliEnvironment.ts"
import type { Instance } from "../adapters/cli/Instance.ts"
import { logStop } from "./runMain.ts"
import { Database, loadSettings, type Settings } from "./settings/Settings.ts"

const { version }: { readonly version: string } = createRequire(import.meta.url)("taskwright/package.json")

const readSettings = loadSettings({ isTerminal: process.stdout.isTTY === true })

/** Describes the database without its password. */
const instanceOf = (database: Database): Instance =>
  Database.$match(database, {
    Server: ({ url }) => {
      const address = new URL(Redacted.value(url))
      address.password = ""
      const distinct = createHash("sha256").update(address.href).digest("hex").slice(0, 16)
      return { key: `local-${distinct}`, label: `${address.protocol}//${address.host}${address.pathname}` }
    },
    Embedded: ({ dataDir }) => ({ key: `local:${resolve(dataDir)}`, label: resolve(dataDir) }),
    Memory: () => ({ key: "local:memory", label: "memory alone" }),
  })

const describeSettings = (settings: Settings) => [
  { name: "database", value: instanceOf(settings.database).label },
  { name: "DATA_DIR", value: settings.dataDir === null ? "none" : resolve(settings.dataDir) },
  { name: "HOST", value: settings.host },
  { name: "PORT", value: String(settings.port) },
  { name: "PUBLIC_URL", value: settings.publicUrl },
  { name: "JWT_ISSUER", value: settings.jwtIssuer },
  { name: "JWT_AUDIENCE", value: settings.jwtAudience },
  { name: "JWT_PRIVATE_KEYS", value: settings.signingKeys === null ? "made and kept in DATA_DIR" : "given" },
  { name: "REDIS_URL", value: settings.redisUrl === null ? "none" : "given" },
  { name: "SMTP_URL", value: settings.smtpServer === null ? "none" : "given" },
  { name: "EMAIL_VERIFICATION", value: settings.emailVerification },
  { name: "LOG_LEVEL", value: settings.logLevel.toLowerCase() },
]

/**
 * Stops the embedded database's code from being optimized. A command ends before optimized code would pay off, and
 * optimizing takes 50 MB and more.
 */
const skipOptimizing = Effect.sync(() => {
  setFlagsFromString("--no-wasm-tier-up")
  setFlagsFromString("--no-wasm-dynamic-tiering")
})

/**
 * The composition root of the command. Each part is loaded when a command needs it, so that the others start quickly.
 */
export const installation = Layer.succeed(CliEnvironment, {
  version,
  settings: Effect.map(readSettings, describeSettings),
  local: Effect.gen(function* () {
    const settings = yield* readSettings
    yield* skipOptimizing
    const { liveCommand } = yield* Effect.promise(() => import("./live.ts"))
    return {
      instance: instanceOf(settings.database),
      isVerifiedEmailRequired: settings.emailVerification === "required",
      ports: Layer.unwrap(
        Effect.map(OnWait, (onWait) =>
          liveCommand(settings, (holder) => onWait(holder === undefined ? "another process" : `process ${holder.pid}`)),
        ),
      ),
    }
  }),
  serve: Effect.gen(function* () {
    const settings = yield* readSettings
    yield* Effect.promise(() => import("effect/schema/SchemaJITCompiler/enable"))
    const { serve } = yield* Effect.promise(() => import("./serve.ts"))
    const Logging = yield* Effect.promise(() => import("../adapters/telemetry/Logging.ts"))
    return yield* Layer.launch(serve(settings)).pipe(
      Effect.onInterrupt(() => logStop),
      Effect.provide(Logging.layer(settings)),
      Effect.onInterrupt(() =>
        Effect.sync(() => {
          process.exitCode = 0
        }),
      ),
    )
  }),
  migrate: Effect.gen(function* () {
    const { migrate } = yield* Effect.promise(() => import("../adapters/postgres/migrations/Migrations.ts"))
    const { database } = yield* Effect.promise(() => import("./live.ts"))
    return yield* Effect.provide(migrate, database(yield* readSettings, { purpose: "command" }))
  }),
  openApi: Effect.map(
    Effect.promise(() => import("../adapters/http/api/v1/OpenApiDocument.ts")),
    ({ openApiText }) => openApiText,
  ),
})
