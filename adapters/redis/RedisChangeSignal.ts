/** Implements `ChangeSignal` with Redis's publish and subscribe. */
import { Effect, Layer, Option, Schema } from "effect"
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"
import { ChangeSignal } from "../../application/changes/ChangeSignal.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { RedisConnection } from "./connection/RedisConnection.ts"

const channel = "changes"
const decodeUserId = Schema.decodeUnknownOption(UserId)

/**
 * Wakes the watchers of this process, and publishes the user's id to the other processes on the same Redis. A request
 * does not wait for that. All changes in one turn of the event loop are one message. A message that is lost, because Redis
 * or a process is unavailable, is replaced by the poll of the store.
 */
export const layer: Layer.Layer<ChangeSignal, never, RedisConnection | ChangeSignal> = Layer.effect(
  ChangeSignal,
  Effect.gen(function* () {
    const redis = yield* RedisConnection
    const local = yield* ChangeSignal
    const runFork = Effect.runForkWith(yield* Effect.context<never>())
    // A process receives its own messages too, after its watchers were woken.
    const sender = uuidV7Unsafe()

    yield* redis.subscribe(channel, (message) => {
      const [from, ...users] = message.split(" ")
      if (from === sender) return
      for (const user of users) {
        const userId = decodeUserId(user)
        if (Option.isSome(userId)) runFork(local.wake(userId.value))
      }
    })

    const waiting = new Set<UserId>()
    const publish = Effect.suspend(() => {
      const users = [...waiting]
      // A change from now on needs another message, because this one may be received before it.
      waiting.clear()
      return Effect.ignore(redis.publish(channel, [sender, ...users].join(" ")))
    })

    const publishSoon = (userId: UserId): void => {
      const isFirst = waiting.size === 0
      waiting.add(userId)
      if (isFirst) runFork(Effect.andThen(Effect.yieldNow, publish))
    }

    return ChangeSignal.of({
      ...local,
      changed: (userId) =>
        Effect.andThen(
          local.changed(userId),
          Effect.sync(() => publishSoon(userId)),
        ),
    })
  }),
)
