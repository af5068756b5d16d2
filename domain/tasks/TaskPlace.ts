/** Places in a list of tasks, and the pages that begin after them. */
import type { CursorPageLimit } from "../shared/Page.ts"
import type { Task } from "./Task.ts"
import type { TaskId } from "./TaskId.ts"
import { comparator, compareKeys, matches, type SortKey, sortKeyOf, type TaskSelection } from "./TaskQuery.ts"

/** A place in an ordered list: that of the task with this key and id, whether it still exists or not. */
export interface TaskPlace {
  /** The value by which the list is sorted. */
  readonly key: SortKey
  readonly id: TaskId
}

/** Returns the task's place in lists with this sort. */
export const placeOf = ({ sort }: Pick<TaskSelection, "sort">, task: Task): TaskPlace => ({
  key: sortKeyOf[sort](task),
  id: task.id,
})

/** Whether the task comes after the place. The place MUST be one of a list with this sort. */
export const isAfter = (list: Pick<TaskSelection, "sort" | "order">, place: TaskPlace, task: Task): boolean =>
  isAfterPlace(list, place, placeOf(list, task))

/** Whether the other place comes after the place. Both MUST be of a list with this sort. */
export const isAfterPlace = (
  list: Pick<TaskSelection, "sort" | "order">,
  place: TaskPlace,
  other: TaskPlace,
): boolean => compareKeys(list)(other.key, other.id, place.key, place.id) > 0

/** Consecutive tasks of a list. */
export interface TaskCursorPage {
  readonly data: ReadonlyArray<Task>
  /** The place after which the next page begins. Null at the end of the list. */
  readonly next: TaskPlace | null
}

/** Makes a page of at most `limit` tasks from the list's next tasks, of which one more shows that the list goes on. */
export const toCursorPage = (
  selection: Pick<TaskSelection, "sort">,
  tasks: ReadonlyArray<Task>,
  limit: CursorPageLimit,
): TaskCursorPage => {
  const data = tasks.slice(0, limit)
  const last = data.at(-1)
  return { data, next: last !== undefined && tasks.length > limit ? placeOf(selection, last) : null }
}

/** Returns the page after a place, or the first one, of a list of all these tasks. */
export const pageAfter = (
  selection: TaskSelection,
  tasks: Iterable<Task>,
  after: TaskPlace | null,
  limit: CursorPageLimit,
): TaskCursorPage => {
  const found: Array<Task> = []
  for (const task of tasks) {
    if (matches(selection, task) && (after === null || isAfter(selection, after, task))) found.push(task)
  }
  return toCursorPage(selection, found.sort(comparator(selection)), limit)
}
