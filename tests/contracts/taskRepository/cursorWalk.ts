/** The walk through all pages of a list that begin after a place, for the tests of such pages. */
import { expect } from "@effect/vitest"
import { Effect } from "effect"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import type { TaskPlace } from "../../../domain/tasks/TaskPlace.ts"
import type { TaskSelection } from "../../../domain/tasks/TaskQuery.ts"
import { cursorLimit } from "../../support/entities.ts"

/** More pages than any list here has. An adapter that reads a place twice would go round in a circle. */
const maximumPages = 60

/** Reads all pages of a list. Calls `between` after each page but the last, with the place where the next begins. */
export const readAll = Effect.fnUntraced(function* <E, R>(
  userId: UserId,
  selection: TaskSelection,
  items: number,
  between: (next: TaskPlace, pageCount: number) => Effect.Effect<void, E, R>,
) {
  const tasks = yield* TaskRepository
  const pages: Array<ReadonlyArray<Task>> = []
  let after: TaskPlace | null = null
  for (;;) {
    const page: Effect.Success<ReturnType<typeof tasks.listAfter>> = yield* tasks.listAfter(
      userId,
      selection,
      after,
      cursorLimit(items),
    )
    pages.push(page.data)
    if (page.next === null) return pages
    expect(pages.length, "the list ends").toBeLessThan(maximumPages)
    after = page.next
    yield* between(after, pages.length)
  }
})
