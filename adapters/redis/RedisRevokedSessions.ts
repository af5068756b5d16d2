import { Effect, Layer, Option, Schema } from "effect"
import { RevokedSessions } from "../../application/accounts/sessions/RevokedSessions.ts"
import { SessionId } from "../../domain/accounts/SessionId.ts"
import { RedisConnection } from "./connection/RedisConnection.ts"

const channel = "ended-sessions"

/**
 * Remembers ended sessions in this process, and tells the others on one Redis at once. Redis itself keeps none of them:
 * what is said while it is away, or while a process is not there, is learned from the database.
 */
export const layer: Layer.Layer<RevokedSessions, never, RedisConnection | RevokedSessions> = Layer.effect(
  RevokedSessions,
  Effect.gen(function* () {
    const redis = yield* RedisConnection
    const own = yield* RevokedSessions
    const runFork = Effect.runForkWith(yield* Effect.context<never>())
    yield* redis.hear(channel, (message) => {
      const id = Schema.decodeUnknownOption(SessionId)(message)
      if (Option.isSome(id)) runFork(own.remember(id.value))
    })
    return RevokedSessions.of({
      ...own,
      revoke: (sessionId) => Effect.andThen(own.revoke(sessionId), Effect.ignore(redis.say(channel, sessionId))),
    })
  }),
)
