/** The use case that follows a user's changes without an end. */
import { Data, Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import type { ChangeCursor } from "../../domain/changes/ChangeCursor.ts"
import type { CursorExpired, CursorReset } from "../../domain/changes/ChangeErrors.ts"
import { FeedEntities, FeedStart } from "../../domain/changes/ChangeFeed.ts"
import type { FeedPage, readFeedPage } from "./ChangeFeed.ts"
import { ChangeSignal } from "./ChangeSignal.ts"

export const FollowChanges = Schema.Struct({ userId: UserId, since: FeedStart, entities: FeedEntities })
export interface FollowChanges extends Schema.Schema.Type<typeof FollowChanges> {}

/** What a follower is told, in this order: changes, once that it is up to date, changes, and why it cannot go on. */
export type FollowEvent = Data.TaggedEnum<{
  /** At least one change. */
  Changes: { readonly page: FeedPage }
  UpToDate: { readonly cursor: ChangeCursor }
  /** The last event. The follower has to read a new snapshot. */
  Reset: { readonly reason: CursorExpired | CursorReset }
}>
export const FollowEvent = Data.taggedEnum<FollowEvent>()

/** How many changes one read returns at most. */
const pageLimit = 100

/**
 * Watches the user, and reads the first page. So an error is known before the first event. The returned effect emits
 * that page and all others, each change once and in order. Then it waits for wake-ups, and reads after each what is new.
 * It ends after a reset, or when the account was deleted. It reads no more before `emit` has succeeded.
 */
export const followChanges = Effect.fnUntraced(function* <R>(
  { entities, since, userId }: FollowChanges,
  emit: (event: FollowEvent) => Effect.Effect<void, never, R>,
  read: typeof readFeedPage,
) {
  const { watch } = yield* ChangeSignal
  const next = yield* watch(userId)
  let page: FeedPage = yield* read(userId, since, entities, pageLimit)

  const emitPage = Effect.suspend(() => (page.changes.length === 0 ? Effect.void : emit(FollowEvent.Changes({ page }))))
  /** Emits what was read, and reads and emits the rest. */
  const emitAll = Effect.gen(function* () {
    yield* emitPage
    while (page.hasMore) {
      page = yield* read(userId, page.next, entities, pageLimit)
      yield* emitPage
    }
  })

  return Effect.gen(function* () {
    yield* emitAll
    yield* emit(FollowEvent.UpToDate({ cursor: page.next }))
    while (true) {
      yield* next
      page = yield* read(userId, page.next, entities, pageLimit)
      yield* emitAll
    }
  }).pipe(
    Effect.catchTags({
      CannotResume: ({ reason }) => emit(FollowEvent.Reset({ reason })),
      AccountNotFound: () => Effect.void,
    }),
  )
})
