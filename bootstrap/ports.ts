/** Composes the adapters behind the ports, as the settings say. Parts that few installations use are loaded on demand. */
import { join } from "node:path"
import { Effect, Layer } from "effect"
import * as CryptoSecrets from "../adapters/crypto/CryptoSecrets.ts"
import * as SigningKeys from "../adapters/crypto/SigningKeys.ts"
import * as EmlEmailSender from "../adapters/mail/eml/EmlEmailSender.ts"
import * as MemorySharedState from "../adapters/memory/state/MemorySharedState.ts"
import * as NoProfileCache from "../adapters/memory/state/NoProfileCache.ts"
import * as DatabaseClock from "../adapters/postgres/client/DatabaseClock.ts"
import * as PostgresClient from "../adapters/postgres/client/PostgresClient.ts"
import type { LockOptions } from "../adapters/postgres/embedded/DataFolderLock.ts"
import type { EmbeddedOptions } from "../adapters/postgres/embedded/EmbeddedPostgres.ts"
import * as Migrations from "../adapters/postgres/migrations/Migrations.ts"
import * as PostgresRepositories from "../adapters/postgres/PostgresRepositories.ts"
import { RefreshPolicy } from "../application/accounts/sessions/RefreshPolicy.ts"
import { ChangeRetention } from "../application/changes/ChangeRetention.ts"
import { IdempotencyRetention } from "../application/changes/IdempotencyRetention.ts"
import { DeletedTaskRetention } from "../application/cleanup/DeletedTaskRetention.ts"
import { dataFolder } from "./dataFolder.ts"
import { Database, type Settings } from "./settings/Settings.ts"

/** The client of the database in the settings, whatever its schema version is. */
export const database = (settings: Settings, lock: LockOptions) =>
  Database.$match(settings.database, {
    Server: ({ url }) =>
      PostgresClient.layer({
        url,
        isTlsDemanded: settings.isProduction,
        maxConnections: settings.databasePoolSize,
        pooler: settings.databasePooler,
      }),
    Embedded: ({ dataDir }) => Layer.provide(embedded({ dataDir, lock }), dataFolder(settings)),
    Memory: () => embedded({}),
  })

/** Loads the database in this process where one is used: its code takes time and memory. */
const embedded = (options: EmbeddedOptions) =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("../adapters/postgres/embedded/EmbeddedPostgres.ts")),
      ({ layer }) => layer(options),
    ),
  )

const repositories = PostgresRepositories.layer.pipe(Layer.provide(Migrations.layer))

/** Rate limits, lockout and caches: in the Redis that processes share, or in this process. */
const ephemeralStores = (settings: Settings) => {
  const { database, redisUrl } = settings
  if (redisUrl !== null) {
    return Layer.unwrap(
      Effect.map(
        Effect.promise(() => import("./redisStores.ts")),
        ({ redisStores }) => redisStores(settings, redisUrl),
      ),
    )
  }
  // Processes that share a server would not learn of each other's changes.
  return database._tag === "Server"
    ? Layer.merge(MemorySharedState.layer, NoProfileCache.layer)
    : MemorySharedState.layer
}

const cryptoServices = ({ dataDir, signingKeys, ...settings }: Settings) => {
  const keys =
    signingKeys !== null
      ? Effect.succeed(signingKeys)
      : dataDir !== null
        ? SigningKeys.loadOrCreate(dataDir)
        : SigningKeys.generate
  return Layer.unwrap(
    Effect.map(keys, (keys) =>
      CryptoSecrets.layer({
        accessTokens: {
          keys,
          issuer: settings.jwtIssuer,
          audience: settings.jwtAudience,
          lifetimeMillis: settings.accessTokenLifetimeMillis,
        },
      }),
    ),
  )
}

const mail = ({ dataDir, mailFrom: from, publicUrl, smtpServer: server }: Settings) =>
  server === null
    ? EmlEmailSender.layer({ folder: dataDir === null ? null : join(dataDir, "mail"), from, publicUrl })
    : Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("../adapters/mail/smtp/SmtpEmailSender.ts")),
          (SmtpEmailSender) => SmtpEmailSender.layer({ server, from, publicUrl }),
        ),
      )

/** Processes that share a server use its clock. The embedded database has the clock of this process. */
const clock = ({ database }: Settings) => (database._tag === "Server" ? DatabaseClock.layer : Layer.empty)

/** Every port, as the settings say, without any loop. */
export const ports = (settings: Settings, lock: LockOptions) =>
  repositories.pipe(
    Layer.provideMerge(ephemeralStores(settings)),
    Layer.provideMerge(clock(settings)),
    Layer.provideMerge(Layer.mergeAll(database(settings, lock), cryptoServices(settings), mail(settings))),
    Layer.provideMerge(
      Layer.mergeAll(
        Layer.succeed(RefreshPolicy, settings.refreshPolicy),
        Layer.succeed(DeletedTaskRetention, settings.deletedTaskRetentionMillis),
        Layer.succeed(ChangeRetention, settings.changeRetentionMillis),
        Layer.succeed(IdempotencyRetention, settings.idempotencyRetentionMillis),
      ),
    ),
    Layer.provide(dataFolder(settings)),
  )
