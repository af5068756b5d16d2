import { join } from "node:path"
import type { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import * as CryptoSecrets from "../adapters/crypto/CryptoSecrets.ts"
import * as SigningKeys from "../adapters/crypto/SigningKeys.ts"
import * as EmlEmailSender from "../adapters/eml/EmlEmailSender.ts"
import { Readiness } from "../adapters/http/Readiness.ts"
import * as MemoryGuards from "../adapters/memory/MemoryGuards.ts"
import * as Embedded from "../adapters/postgres/embedded.ts"
import * as Migrations from "../adapters/postgres/Migrations.ts"
import * as PostgresClient from "../adapters/postgres/PostgresClient.ts"
import * as PostgresRepositories from "../adapters/postgres/PostgresRepositories.ts"
import { followEndedSessions } from "../application/accounts/FollowEndedSessions.ts"
import { RefreshPolicy } from "../application/accounts/RefreshPolicy.ts"
import { DeletedTaskRetention } from "../application/housekeeping/DeletedTaskRetention.ts"
import { keepHouse } from "../application/housekeeping/KeepHouse.ts"
import { Database, type Settings } from "./Config.ts"

/** The client of the database that the settings name, whatever its schema is. */
export const database = (settings: Settings) =>
  Database.$match(settings.database, {
    Server: ({ url }) => PostgresClient.layer({ url, maxConnections: settings.databasePoolSize }),
    Embedded: ({ dataDir }) => Embedded.layer({ dataDir }),
    Memory: () => Embedded.layer({}),
  })

const repositories = PostgresRepositories.layer.pipe(Layer.provide(Migrations.layer))

const readiness = Layer.effect(
  Readiness,
  Effect.map(Effect.context<PgClient.PgClient>(), (client) => ({
    database: Effect.provideContext(PostgresClient.ping, client),
  })),
)

const secrets = ({ dataDir, signingKeys, ...settings }: Settings) => {
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

const mail = ({ dataDir, mailFrom, publicUrl }: Settings) =>
  EmlEmailSender.layer({ folder: dataDir === null ? null : join(dataDir, "mail"), from: mailFrom, publicUrl })

/** Every port, as the settings have it. */
export const live = (settings: Settings) =>
  Layer.effectDiscard(Effect.all([followEndedSessions, keepHouse])).pipe(
    Layer.provideMerge(Layer.mergeAll(repositories, readiness, MemoryGuards.layer, mail(settings))),
    Layer.provideMerge(Layer.mergeAll(database(settings), secrets(settings))),
    Layer.provideMerge(
      Layer.mergeAll(
        Layer.succeed(RefreshPolicy, settings.refreshPolicy),
        Layer.succeed(DeletedTaskRetention, settings.deletedTaskRetentionMillis),
      ),
    ),
  )
