/** The text form of a place in a list of tasks, which clients hand back to read on. */
import { Result } from "effect"
import { CursorMismatch, InvalidCursor } from "../shared/CursorErrors.ts"
import { hashText, seal, unseal } from "../shared/SealedText.ts"
import { fromMillis, maxMillis, type Timestamp, toMillis } from "../shared/Timestamp.ts"
import { fromHex, toHex } from "../shared/Uuid.ts"
import { TaskPriority } from "./TaskFields.ts"
import type { TaskId } from "./TaskId.ts"
import type { TaskPlace } from "./TaskPlace.ts"
import type { SortKey, TaskSelection, TaskSort } from "./TaskQuery.ts"

/** Where reading a list continues. */
export interface TaskCursor {
  readonly place: TaskPlace
  /**
   * A cursor of the change feed, from the moment when the first page was read: at most 40 characters of
   * `[A-Za-z0-9_-]`. It is null if the store has no history.
   */
  readonly changesCursor: string | null
  /** When the relative dates of the list's filter were read, on all of its pages. It is null if there are none. */
  readonly evaluatedAt: Timestamp | null
}

/** The list's mark, the id, the key, the time of relative dates, and the cursor of the change feed. */
const form = /^([0-9a-f]{8})([0-9a-f]{32})([0-9a-z]{0,10})(?:_([0-9a-z]{1,10}))?(?:-([A-Za-z0-9_-]{1,40}))?$/
/** The longest text that `encode` writes. */
const maxLength = 110

/** Writes the cursor as at most 110 characters of `[A-Za-z0-9_-]`. It belongs to lists with the same sort, order and filters. */
export const encode = (
  selection: TaskSelection,
  { changesCursor, evaluatedAt, place: { id, key } }: TaskCursor,
): string => {
  const time = evaluatedAt === null ? "" : `_${toTimeText(evaluatedAt)}`
  const changes = changesCursor === null ? "" : `-${changesCursor}`
  return seal(`${markOf(selection)}${toHex(id)}${toKeyText(key)}${time}${changes}`)
}

/**
 * Reads what `encode` wrote for this list. Fails with `CursorMismatch` if it was written for another list, and with
 * `InvalidCursor` for any other text, of any length.
 */
export const decode = (
  selection: TaskSelection,
  text: string,
): Result.Result<TaskCursor, InvalidCursor | CursorMismatch> => {
  const match = form.exec(unseal(text, maxLength) ?? "")
  if (match === null) return Result.fail(new InvalidCursor())
  const [, mark, id = "", keyText = "", timeText, changesCursor = null] = match
  if (mark !== markOf(selection)) return Result.fail(new CursorMismatch())
  const key = parseKey[selection.sort](keyText)
  const evaluatedAt = timeText === undefined ? null : parseTime(timeText)
  return key === undefined || evaluatedAt === undefined
    ? Result.fail(new InvalidCursor())
    : Result.succeed({ place: { key, id: fromHex(id) as TaskId }, changesCursor, evaluatedAt })
}

/**
 * Returns when the relative dates of the cursor's list were read, so that they are read alike for its next page. Returns
 * null if the text is no cursor or has no such time.
 */
export const evaluatedAtOf = (text: string): Timestamp | null => {
  const timeText = form.exec(unseal(text, maxLength) ?? "")?.[4]
  return timeText === undefined ? null : (parseTime(timeText) ?? null)
}

/** All that makes a list another one. An absent condition leaves the mark as it was before there was such a condition. */
const markOf = ({ categoryId, dueFrom, dueTo, order, priority, sort, status, where }: TaskSelection): string => {
  const conditions: { readonly [Name in keyof Required<TaskSelection>]: unknown } = {
    sort,
    order,
    status: markOfValues(status),
    priority: markOfValues(priority),
    categoryId,
    dueFrom,
    dueTo,
    where,
  }
  return hashText(JSON.stringify(conditions))
}

/** The same for the same values in any order. One value is marked as before there could be several. */
const markOfValues = (values: ReadonlyArray<string> | undefined): unknown => {
  const sorted = [...new Set(values)].sort()
  return sorted.length > 1 ? sorted : sorted[0]
}

const priorities: ReadonlyArray<SortKey> = TaskPriority.literals

const toKeyText = (key: SortKey): string => {
  if (key === null) return ""
  const priority = priorities.indexOf(key)
  return priority >= 0 ? String(priority) : toTimeText(key as Timestamp)
}

const toTimeText = (time: Timestamp): string => toMillis(time).toString(36)

/** Returns undefined for a text that is no key. */
type ParseKey = (text: string) => SortKey | undefined

const parseTime = (text: string): Timestamp | undefined => {
  const millis = Number.parseInt(text, 36)
  // Only the shortest form is a key, so that two texts are never one place.
  return millis <= maxMillis && millis.toString(36) === text ? fromMillis(millis) : undefined
}

const parseKey: { readonly [S in TaskSort]: ParseKey } = {
  created_at: parseTime,
  updated_at: parseTime,
  due_date: (text) => (text === "" ? null : parseTime(text)),
  priority: (text) => TaskPriority.literals.find((_, index) => String(index) === text),
}
