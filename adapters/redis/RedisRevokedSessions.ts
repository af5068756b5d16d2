/** Implements `RevokedSessions` with Redis's publish and subscribe. */
import { Effect, Layer, Option, Schema } from "effect"
import { RevokedSessions } from "../../application/accounts/sessions/RevokedSessions.ts"
import { SessionId } from "../../domain/accounts/SessionId.ts"
import { RedisConnection } from "./connection/RedisConnection.ts"

const channel = "ended-sessions"

/**
 * Remembers revoked sessions in this process, and publishes each at once to the other processes on the same Redis.
 * Redis itself stores none of them. A process that misses a message, because it or Redis is down, learns of the session
 * from the database.
 */
export const layer: Layer.Layer<RevokedSessions, never, RedisConnection | RevokedSessions> = Layer.effect(
  RevokedSessions,
  Effect.gen(function* () {
    const redis = yield* RedisConnection
    const local = yield* RevokedSessions
    const runFork = Effect.runForkWith(yield* Effect.context<never>())
    yield* redis.subscribe(channel, (message) => {
      const id = Schema.decodeUnknownOption(SessionId)(message)
      if (Option.isSome(id)) runFork(local.remember(id.value))
    })
    return RevokedSessions.of({
      ...local,
      revoke: (sessionId) => Effect.andThen(local.revoke(sessionId), Effect.ignore(redis.publish(channel, sessionId))),
    })
  }),
)
