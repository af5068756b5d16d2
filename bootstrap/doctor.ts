/** Composes the checks of a set-up, as the settings say. Nothing is written, and no email is sent. */
import { join } from "node:path"
import { Effect } from "effect"
import { keyFileName } from "../adapters/crypto/SigningKeys.ts"
import { type Finding, ok } from "../adapters/diagnosis/Finding.ts"
import { checkPublicUrl } from "../adapters/diagnosis/PublicUrlCheck.ts"
import { checkPrivacy } from "../adapters/filesystem/PrivacyCheck.ts"
import { checkEmbedded, checkServer } from "../adapters/postgres/DatabaseCheck.ts"
import { Database, type Settings } from "./settings/Settings.ts"
import { allSettings, fileVariableOf } from "./settings/settingsTable.ts"

type Check = Effect.Effect<ReadonlyArray<Finding>>

const skipped = (check: string, message: string): Check => Effect.succeed([ok(check, message)])

const database = (settings: Settings): Check =>
  Database.$match(settings.database, {
    Server: ({ url }) => checkServer({ url, isTlsDemanded: settings.isProduction, pooler: settings.databasePooler }),
    Embedded: ({ dataDir }) => checkEmbedded(dataDir),
    Memory: () => skipped("database", "in memory: the data ends with the process"),
  })

const redis = ({ redisUrl: url }: Settings): Check =>
  url === null
    ? skipped("Redis", "not set: each process limits by itself")
    : Effect.flatMap(
        Effect.promise(() => import("../adapters/redis/RedisCheck.ts")),
        ({ checkRedis }) => checkRedis(url),
      )

const mail = ({ smtpServer: server }: Settings): Check =>
  server === null
    ? skipped("mail", "not set: emails are written to files")
    : Effect.flatMap(
        Effect.promise(() => import("../adapters/mail/smtp/SmtpCheck.ts")),
        ({ checkSmtp }) => checkSmtp(server),
      )

const workers = ({ databasePoolSize, workers }: Settings): Check =>
  Effect.succeed(
    workers === 1
      ? []
      : [ok("workers", `${workers}, with up to ${workers * databasePoolSize} connections to the database together`)],
  )

/** The data folder, the stored key, and the files that variables with `_FILE` name. */
const files = ({ dataDir, signingKeys }: Settings, environment: NodeJS.ProcessEnv): Check => {
  const isOptional = true
  const stored =
    dataDir === null
      ? []
      : [
          checkPrivacy({ check: "DATA_DIR", path: dataDir, isWritten: true, isOptional }),
          ...(signingKeys === null
            ? [checkPrivacy({ check: "signing key", path: join(dataDir, keyFileName), isWritten: false, isOptional })]
            : []),
        ]
  const named = allSettings
    .filter(({ isSecret }) => isSecret)
    .flatMap(({ name }) => {
      const [check, path] = [fileVariableOf(name), environment[fileVariableOf(name)] ?? ""]
      return path === "" ? [] : [checkPrivacy({ check, path, isWritten: false, isOptional: false })]
    })
  return Effect.all([...stored, ...named])
}

/** Runs all checks side by side, each within 5 seconds. */
export const diagnose = (settings: Settings, environment: NodeJS.ProcessEnv): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.all(
    [
      database(settings),
      redis(settings),
      mail(settings),
      files(settings, environment),
      checkPublicUrl(settings.publicUrl),
      workers(settings),
    ],
    { concurrency: "unbounded" },
  ).pipe(Effect.map((findings) => findings.flat()))
