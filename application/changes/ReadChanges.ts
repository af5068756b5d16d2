/** The use case that reads a page of the change feed, and can wait for the next change. */
import { Clock, Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { FeedEntities, FeedLimit, FeedStart, WaitSeconds } from "../../domain/changes/ChangeFeed.ts"
import { useCase } from "../shared/UseCase.ts"
import { readFeedPage } from "./ChangeFeed.ts"
import { ChangeSignal } from "./ChangeSignal.ts"

export const ReadChanges = Schema.Struct({
  userId: UserId,
  since: FeedStart,
  entities: FeedEntities,
  limit: FeedLimit,
  waitSeconds: WaitSeconds,
})
export interface ReadChanges extends Schema.Schema.Type<typeof ReadChanges> {}

/**
 * Returns the changes from the place on, the oldest first. If there are none, waits until there is one, until the time
 * is up, or until `stop` succeeds, and then returns an empty page. No statement is open while it waits.
 */
export const readChanges = useCase("readChanges")(function* (command: ReadChanges, stop: Effect.Effect<void>) {
  const { entities, limit, userId, waitSeconds } = command
  if (waitSeconds === 0) return yield* readFeedPage(userId, command.since, entities, limit)
  const { watch } = yield* ChangeSignal
  const clock = yield* Clock.Clock
  // A change after the read then wakes this call.
  const next = yield* watch(userId)
  const end = clock.monotonicTimeNanosUnsafe() + BigInt(waitSeconds) * 1_000_000_000n
  const timeIsUp = Effect.suspend(() => Effect.sleep(Number((end - clock.monotonicTimeNanosUnsafe()) / 1_000_000n)))
  const awaitChange = Effect.raceFirst(Effect.as(next, true), Effect.as(Effect.raceFirst(timeIsUp, stop), false))
  let page = yield* readFeedPage(userId, command.since, entities, limit)
  while (page.changes.length === 0 && (yield* awaitChange)) {
    page = yield* readFeedPage(userId, page.next, entities, limit)
  }
  return page
}, Effect.scoped)
