/** The use case that reads a user's history, and the pages of any history. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { BatchId } from "../../domain/changes/BatchId.ts"
import type { ChangeFilter } from "../../domain/changes/ChangeFilter.ts"
import * as HistoryCursor from "../../domain/changes/HistoryCursor.ts"
import { CursorPageLimit } from "../../domain/shared/Page.ts"
import { Uuid } from "../../domain/shared/Uuid.ts"
import { useCase } from "../shared/UseCase.ts"
import { ChangeRepository } from "./ChangeRepository.ts"

/** How many changes a page of a history has at most, if the caller names no limit. */
export const defaultHistoryLimit = CursorPageLimit.make(50)

/** The command of any history. */
export const HistoryPage = Schema.Struct({
  userId: UserId,
  /** A cursor from the page before, of the same history. The newest changes come first by default. */
  cursor: Schema.optional(Schema.String),
  limit: Schema.optional(CursorPageLimit),
})
export interface HistoryPage extends Schema.Schema.Type<typeof HistoryPage> {}

export const ReadHistory = Schema.Struct({
  ...HistoryPage.fields,
  /** Only the changes of this session or token. */
  actorId: Schema.optional(Uuid),
  /** Only the changes of this batch. */
  batchId: Schema.optional(BatchId),
})
export interface ReadHistory extends Schema.Schema.Type<typeof ReadHistory> {}

/** Returns the user's changes, the newest first, and the cursor of the next page; null at the end. */
export const readHistory = useCase("readHistory")(function* ({ actorId, batchId, ...page }: ReadHistory) {
  return yield* readHistoryPage(page, { actorId, batchId })
})

/** Returns a page of the changes that the filter names, and the cursor of the next page; null at the end. */
export const readHistoryPage = Effect.fnUntraced(function* (
  { cursor, limit = defaultHistoryLimit, userId }: HistoryPage,
  filter: ChangeFilter,
) {
  const { readBefore } = yield* ChangeRepository
  const before = cursor === undefined ? null : yield* Effect.fromResult(HistoryCursor.decode(filter, cursor))
  const found = yield* readBefore(userId, filter, before, limit + 1)
  const data = found.slice(0, limit)
  const last = found.length > limit ? data.at(-1) : undefined
  return { data, nextCursor: last === undefined ? null : HistoryCursor.encode(filter, last.seq) }
})
