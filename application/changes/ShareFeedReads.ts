/** Lets all streams of a user that one wake-up woke read the store once. */
import { Deferred, Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { FeedStart } from "../../domain/changes/ChangeFeed.ts"
import type { Entity } from "../../domain/changes/EntityState.ts"
import { readFeedPage } from "./ChangeFeed.ts"

type Read = typeof readFeedPage
type Page = Deferred.Deferred<Effect.Success<ReturnType<Read>>, Effect.Error<ReturnType<Read>>>

/** Returns a text that is the same for equal reads. */
const keyOf = (userId: UserId, start: FeedStart, entities: ReadonlyArray<Entity>, limit: number): string =>
  [userId, typeof start === "string" ? start : `${start.seq}-${start.mark}`, entities.join(), limit].join(" ")

/**
 * Makes a `readFeedPage` that joins equal reads of the same turn of the event loop. A read that has begun takes no more
 * callers: it could miss the change that woke them. A caller that is interrupted interrupts no other.
 */
export const shareFeedReads = (): Read => {
  const waiting = new Map<string, Page>()
  return (userId, start, entities, limit) =>
    Effect.suspend(() => {
      const key = keyOf(userId, start, entities, limit)
      const joined = waiting.get(key)
      if (joined !== undefined) return Deferred.await(joined)
      const page: Page = Deferred.makeUnsafe()
      waiting.set(key, page)
      const begin = Effect.suspend(() => {
        waiting.delete(key)
        return readFeedPage(userId, start, entities, limit)
      })
      return Effect.andThen(
        Effect.forkDetach(Deferred.into(Effect.andThen(Effect.yieldNow, begin), page)),
        Deferred.await(page),
      )
    })
}
