/** Composes the adapters of a server and of a command, as the settings say. */
import { join } from "node:path"
import type { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option } from "effect"
import * as CryptoSecrets from "../adapters/crypto/CryptoSecrets.ts"
import * as SigningKeys from "../adapters/crypto/SigningKeys.ts"
import { Readiness } from "../adapters/http/server/settings/Readiness.ts"
import * as EmlEmailSender from "../adapters/mail/eml/EmlEmailSender.ts"
import * as MemorySharedState from "../adapters/memory/state/MemorySharedState.ts"
import * as NoProfileCache from "../adapters/memory/state/NoProfileCache.ts"
import * as DatabaseClock from "../adapters/postgres/client/DatabaseClock.ts"
import * as PostgresClient from "../adapters/postgres/client/PostgresClient.ts"
import type { LockOptions } from "../adapters/postgres/embedded/DataFolderLock.ts"
import * as Embedded from "../adapters/postgres/embedded/EmbeddedPostgres.ts"
import * as Migrations from "../adapters/postgres/migrations/Migrations.ts"
import * as PostgresRepositories from "../adapters/postgres/PostgresRepositories.ts"
import { RedisConnection, layer as redisConnection } from "../adapters/redis/connection/RedisConnection.ts"
import * as TracedRedisConnection from "../adapters/redis/connection/TracedRedisConnection.ts"
import * as RedisSharedState from "../adapters/redis/RedisSharedState.ts"
import * as MeasuredPorts from "../adapters/telemetry/MeasuredPorts.ts"
import * as TracedPorts from "../adapters/telemetry/tracing/TracedPorts.ts"
import { runCleanup } from "../adapters/workers/CleanupWorker.ts"
import { runOutbox } from "../adapters/workers/EmailWorker.ts"
import { RefreshPolicy } from "../application/accounts/sessions/RefreshPolicy.ts"
import { syncRevokedSessions } from "../application/accounts/sessions/SyncRevokedSessions.ts"
import { ChangeRetention } from "../application/changes/ChangeRetention.ts"
import { IdempotencyRetention } from "../application/changes/IdempotencyRetention.ts"
import { pollChanges } from "../application/changes/PollChanges.ts"
import { DeletedTaskRetention } from "../application/cleanup/DeletedTaskRetention.ts"
import { EmailSender } from "../application/mail/EmailSender.ts"
import { runEmailRequests } from "../application/mail/HandleEmailRequests.ts"
import { dataFolder } from "./dataFolder.ts"
import { endOfCommand } from "./endOfCommand.ts"
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
    Embedded: ({ dataDir }) => Layer.provide(Embedded.layer({ dataDir, lock }), dataFolder(settings)),
    Memory: () => Embedded.layer({}),
  })

const repositories = PostgresRepositories.layer.pipe(Layer.provide(Migrations.layer))

const readiness = Layer.effect(
  Readiness,
  Effect.gen(function* () {
    const client = yield* Effect.context<PgClient.PgClient>()
    const { isReachable } = yield* EmailSender
    const redis = yield* Effect.serviceOption(RedisConnection)
    return {
      database: Effect.provideContext(PostgresClient.ping, client),
      redis: Option.isSome(redis) ? Effect.sync(redis.value.isUp) : null,
      mail: isReachable,
    }
  }),
)

/** Rate limits, lockout and caches: in the Redis that processes share, or in this process. */
const ephemeralStores = ({ database, redisKeyPrefix, redisUrl, tracing }: Settings) => {
  if (redisUrl !== null) {
    const connection = redisConnection({ url: redisUrl, keyPrefix: redisKeyPrefix })
    return RedisSharedState.layer.pipe(
      Layer.provide(MemorySharedState.layer),
      Layer.provideMerge(tracing === null ? connection : Layer.provide(TracedRedisConnection.layer, connection)),
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

/** The loops that run beside the requests, until the service stops. */
const workers = Layer.mergeAll(
  syncRevokedSessions,
  pollChanges,
  runEmailRequests,
  Layer.effectDiscard(Effect.all([runOutbox, runCleanup])),
)

/** Processes that share a server use its clock. The embedded database has the clock of this process. */
const clock = ({ database }: Settings) => (database._tag === "Server" ? DatabaseClock.layer : Layer.empty)

/** Every port, as the settings say, without any loop. */
const ports = (settings: Settings, lock: LockOptions) =>
  Layer.merge(repositories, readiness).pipe(
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

/** What a server needs: every port, and the loops beside the requests. */
export const live = (settings: Settings) =>
  workers.pipe(
    Layer.provideMerge(MeasuredPorts.layer),
    Layer.provideMerge(settings.tracing === null ? Layer.empty : TracedPorts.layer),
    Layer.provideMerge(ports(settings, { purpose: "server" })),
  )

/**
 * What one command needs. It has no email worker and no clean-up loop. At its end, it delivers emails and removes
 * expired rows within the limits of a command.
 */
export const liveCommand = (settings: Settings, onWait: NonNullable<LockOptions["onWait"]>) =>
  Layer.mergeAll(syncRevokedSessions, runEmailRequests, endOfCommand(settings)).pipe(
    Layer.provideMerge(ports(settings, { purpose: "command", onWait })),
  )
