/** Runs the HTTP suites on PostgreSQL. */
import type { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../../adapters/memory/MemoryEmailSender.ts"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import * as PostgresClient from "../../adapters/postgres/client/PostgresClient.ts"
import { runOutbox } from "../../adapters/workers/EmailWorker.ts"
import { runEmailRequests } from "../../application/mail/HandleEmailRequests.ts"
import { cheapCrypto } from "../support/cheapCrypto.ts"
import { describeOnPostgres, freshRepositories } from "../support/postgres.ts"
import { allSuites } from "./suites/index.ts"

const readiness = Layer.effect(
  Readiness,
  Effect.map(Effect.context<PgClient.PgClient>(), (client) => ({
    database: Effect.provideContext(PostgresClient.ping, client),
    redis: null,
    mail: Effect.succeed(true),
  })),
)

const postgres = Layer.merge(runEmailRequests, Layer.effectDiscard(runOutbox)).pipe(
  Layer.provideMerge(Layer.mergeAll(MemorySharedState.layer, MemoryEmailSender.layer, readiness)),
  Layer.provideMerge(Layer.merge(freshRepositories(), cheapCrypto)),
)

describeOnPostgres("with PostgreSQL", () => allSuites("PostgreSQL", postgres))
