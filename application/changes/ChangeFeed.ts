/** Reads pages of a user's history, as the feed and the stream of changes consist of. */
import { Data, Effect, Result } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import * as ChangeCursor from "../../domain/changes/ChangeCursor.ts"
import type { CursorExpired, CursorReset } from "../../domain/changes/ChangeErrors.ts"
import type { FeedStart } from "../../domain/changes/ChangeFeed.ts"
import type { Entity } from "../../domain/changes/EntityState.ts"
import { type ChangeLogEnds, type ChangePage, ChangeRepository } from "./ChangeRepository.ts"

/** A page of changes, and the newest states of what they name, all read at one moment. */
export interface FeedPage extends Pick<ChangePage, "categories" | "changes" | "tasks"> {
  /** The place from which reading continues. It never lies before the place where this page began. */
  readonly next: ChangeCursor.ChangeCursor
  /** Whether there were changes after `next` when the page was read. */
  readonly hasMore: boolean
}

/** Reading cannot continue from the cursor without a gap. The caller has to read a new snapshot. */
export class CannotResume extends Data.TaggedError("CannotResume")<
  { readonly reason: CursorExpired | CursorReset } & ChangeLogEnds
> {}

/**
 * Reads at most `limit` changes of these kinds of thing from a place on. The other changes move the place too, so that
 * no page reads them again.
 */
export const readFeedPage = Effect.fnUntraced(function* (
  userId: UserId,
  start: FeedStart,
  entities: ReadonlyArray<Entity>,
  limit: number,
) {
  const changes = yield* ChangeRepository
  if (start === "latest") {
    const { latest } = yield* changes.ends(userId)
    return { changes: [], tasks: new Map(), categories: new Map(), next: latest, hasMore: false } satisfies FeedPage
  }
  const cursor = start === "oldest" ? null : start
  const page = yield* changes.readAfter(userId, cursor?.seq ?? null, entities, limit)
  if (cursor !== null) {
    const resumed = ChangeCursor.resume(cursor, page.bounds)
    if (Result.isFailure(resumed)) {
      return yield* new CannotResume({ reason: resumed.failure, oldest: page.oldest, latest: page.latest })
    }
  }
  const last = page.changes.at(-1)
  const next = last === undefined || page.changes.length < limit ? page.latest : ChangeCursor.after(last)
  return {
    changes: page.changes,
    tasks: page.tasks,
    categories: page.categories,
    next,
    hasMore: next.seq < page.latest.seq,
  } satisfies FeedPage
})
