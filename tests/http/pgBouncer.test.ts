/** Runs the HTTP suites of connections on PostgreSQL behind PgBouncer. */
import type { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../../adapters/memory/MemoryEmailSender.ts"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import * as PostgresClient from "../../adapters/postgres/client/PostgresClient.ts"
import { runOutbox } from "../../adapters/workers/EmailWorker.ts"
import { cheapCrypto } from "../support/cheapCrypto.ts"
import { describeOnPgBouncer, repositoriesOnPgBouncer } from "../support/PgBouncer.ts"
import { suitesOfConnections } from "./suites/index.ts"

const readiness = Layer.effect(
  Readiness,
  Effect.map(Effect.context<PgClient.PgClient>(), (client) => ({
    database: Effect.provideContext(PostgresClient.ping, client),
    redis: null,
    mail: Effect.succeed(true),
  })),
)

const pgBouncer = Layer.effectDiscard(runOutbox).pipe(
  Layer.provideMerge(Layer.mergeAll(MemorySharedState.layer, MemoryEmailSender.layer, readiness)),
  Layer.provideMerge(Layer.merge(repositoriesOnPgBouncer(), cheapCrypto)),
)

describeOnPgBouncer("with PostgreSQL behind PgBouncer", () => suitesOfConnections("PgBouncer", pgBouncer))
