/** Composes the adapters of a server, as the settings say. */
import type { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option } from "effect"
import { Readiness } from "../adapters/http/server/settings/Readiness.ts"
import * as PostgresClient from "../adapters/postgres/client/PostgresClient.ts"
import { RedisConnection } from "../adapters/redis/connection/RedisConnection.ts"
import * as MeasuredPorts from "../adapters/telemetry/MeasuredPorts.ts"
import * as TracedPorts from "../adapters/telemetry/tracing/TracedPorts.ts"
import { runCleanup } from "../adapters/workers/CleanupWorker.ts"
import { runOutbox } from "../adapters/workers/EmailWorker.ts"
import { syncRevokedSessions } from "../application/accounts/sessions/SyncRevokedSessions.ts"
import { pollChanges } from "../application/changes/PollChanges.ts"
import { EmailSender } from "../application/mail/EmailSender.ts"
import { runEmailRequests } from "../application/mail/HandleEmailRequests.ts"
import { ports } from "./ports.ts"
import type { Settings } from "./settings/Settings.ts"

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

/** The loops that run beside the requests, until the service stops. */
const workers = Layer.mergeAll(
  syncRevokedSessions,
  pollChanges,
  runEmailRequests,
  Layer.effectDiscard(Effect.all([runOutbox, runCleanup])),
)

/** What a server needs: every port, and the loops beside the requests. */
export const live = (settings: Settings) =>
  workers.pipe(
    Layer.provideMerge(MeasuredPorts.layer),
    Layer.provideMerge(settings.tracing === null ? Layer.empty : TracedPorts.layer),
    Layer.provideMerge(readiness),
    Layer.provideMerge(ports(settings, { purpose: "server" })),
  )
