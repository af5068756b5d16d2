/** What the commands of task lists share: filters, sort and order. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { type SeenFrom, utc, zoneOf } from "../../domain/tasks/FilterDates.ts"
import { parseFilter } from "../../domain/tasks/FilterParser.ts"
import { TaskPriority, TaskStatus } from "../../domain/tasks/TaskFields.ts"
import { defaultOrder, defaultSort, SortOrder, type TaskSelection, TaskSort } from "../../domain/tasks/TaskQuery.ts"
import { now } from "../shared/Now.ts"

/** The fields that say which tasks a list has, and in which order. */
export const listFields = {
  userId: UserId,
  /** One of these. */
  status: Schema.optional(Schema.Array(TaskStatus)),
  priority: Schema.optional(Schema.Array(TaskPriority)),
  categoryId: Schema.optional(CategoryId),
  dueFrom: Schema.optional(Timestamp),
  dueTo: Schema.optional(Timestamp),
  /** A text in the language of `FilterParser`. */
  filter: Schema.optional(Schema.String),
  /** The IANA name of the zone in which the filter's days begin and end; UTC by default. */
  timeZone: Schema.optional(Schema.String),
  /** The newest task comes first by default. */
  sort: Schema.optional(TaskSort),
  order: Schema.optional(SortOrder),
}

type ListFields = Schema.Struct.Type<typeof listFields>

/** What a list selects. */
export interface ReadSelection {
  readonly selection: TaskSelection
  /** When the relative dates of the filter were read; null if it has none. */
  readonly evaluatedAt: Timestamp | null
}

/**
 * Returns the selection of a list, with the default order if the command names none. Relative dates are read at
 * `evaluatedAt`, by default now. Fails with `InvalidFilter`, and with `UnknownTimeZone`.
 */
export const selectionOf = Effect.fnUntraced(function* (
  { filter, timeZone, ...fields }: ListFields,
  evaluatedAt: Timestamp | null = null,
) {
  const selection = { ...fields, sort: fields.sort ?? defaultSort, order: fields.order ?? defaultOrder }
  const zone = timeZone === undefined ? utc : yield* Effect.fromResult(zoneOf(timeZone))
  if (filter === undefined) return { selection, evaluatedAt: null } satisfies ReadSelection
  const seenFrom: SeenFrom = { now: evaluatedAt ?? (yield* now), zone }
  const parsed = yield* Effect.fromResult(parseFilter(filter, seenFrom))
  return {
    selection: { ...selection, where: parsed.filter },
    evaluatedAt: parsed.isRelative ? seenFrom.now : null,
  } satisfies ReadSelection
})
