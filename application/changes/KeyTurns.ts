/** Lets the requests with one idempotency key run one after the other in this process. */
import { Clock, Data, Effect, Latch } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { IdempotencyKey } from "../../domain/changes/IdempotencyKey.ts"

/** An earlier request with the key is still running. */
export class IdempotencyInProgress extends Data.TaggedError("IdempotencyInProgress") {}

/** How long a request waits for earlier ones. */
const patienceMillis = 2_000

/**
 * Runs an effect when no other with the key of that user is running. Passes whether it has waited. Fails with
 * `IdempotencyInProgress` if it would have to wait for longer than two seconds.
 */
export type TakeTurn = <A, E, R>(
  userId: UserId,
  key: IdempotencyKey,
  effect: (hasWaited: boolean) => Effect.Effect<A, E, R>,
) => Effect.Effect<A, E | IdempotencyInProgress, R>

/** Makes the function. It holds a key for each request that runs, and no more. */
export const makeKeyTurns = (): TakeTurn => {
  const running = new Map<string, Latch.Latch>()
  return (userId, key, effect) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const name = `${userId} ${key}`
        const deadline = (yield* Clock.currentTimeMillis) + patienceMillis
        let other = running.get(name)
        const hasWaited = other !== undefined
        while (other !== undefined) {
          yield* restore(waitUntil(deadline, other))
          other = running.get(name)
        }
        // Nothing runs between the look above and this, so no other request can take the turn.
        const end = Latch.makeUnsafe()
        running.set(name, end)
        return yield* Effect.ensuring(
          restore(effect(hasWaited)),
          Effect.sync(() => {
            running.delete(name)
            end.openUnsafe()
          }),
        )
      }),
    )
}

const waitUntil = (deadline: number, { await: ended }: Latch.Latch): Effect.Effect<void, IdempotencyInProgress> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    now < deadline
      ? Effect.timeoutOrElse(ended, {
          duration: deadline - now,
          orElse: () => Effect.fail(new IdempotencyInProgress()),
        })
      : Effect.fail(new IdempotencyInProgress()),
  )
