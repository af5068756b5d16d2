/** Publishes revoked ids to the other processes on the same Redis, and remembers those that they publish. */
import { Effect, Option, Schema } from "effect"
import { RedisConnection } from "./connection/RedisConnection.ts"

interface RevokedIds<Id> {
  readonly revoke: (id: Id) => Effect.Effect<void>
  readonly remember: (id: Id) => Effect.Effect<void>
  readonly has: (id: Id) => Effect.Effect<boolean>
}

/**
 * Wraps the revoked ids of this process: each is published at once. Redis itself stores none of them. A process that
 * misses a message, because it or Redis is down, learns of the revocation from the database.
 */
export const publishOn = <Id extends string>(
  channel: string,
  schema: Schema.Codec<Id, string>,
  local: RevokedIds<Id>,
) =>
  Effect.gen(function* () {
    const redis = yield* RedisConnection
    const runFork = Effect.runForkWith(yield* Effect.context<never>())
    yield* redis.subscribe(channel, (message) => {
      const id = Schema.decodeUnknownOption(schema)(message)
      if (Option.isSome(id)) runFork(local.remember(id.value))
    })
    return {
      ...local,
      revoke: (id: Id) => Effect.andThen(local.revoke(id), Effect.ignore(redis.publish(channel, id))),
    }
  })
