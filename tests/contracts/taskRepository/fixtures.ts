/** The tasks and the expectations that the parts of the `TaskRepository` suite share. */
import { Effect } from "effect"
import type { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import type { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { byName, type Category } from "../../../domain/categories/Category.ts"
import { nextVersion } from "../../../domain/shared/Version.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { TaskDescription, TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { comparator, matches, type TaskQuery } from "../../../domain/tasks/TaskQuery.ts"
import { at } from "../../support/entities.ts"

/** The repositories that the suite needs. */
export type Stores = AccountRepository | CategoryRepository | TaskRepository

export const full = {
  title: TaskTitle.make(`Rob'"); DROP TABLE tasks; -- \\ %_ 🌻`),
  description: TaskDescription.make(`👩🏽‍🌾\n\t"é" ${"🌻".repeat(1980)}`),
  status: "in_progress",
  priority: "high",
  dueDate: at(86_400.001),
  createdAt: at(0.123),
  updatedAt: at(1.999),
} satisfies Partial<Task>

export const changed = (task: Task, fields: Partial<Task> = {}): Task => ({
  ...task,
  ...fields,
  version: nextVersion(task.version),
  updatedAt: at(60),
})

/** Assigns the categories to the task and returns it. */
export const assign = Effect.fnUntraced(function* (task: Task, categories: ReadonlyArray<Category>) {
  const tasks = yield* TaskRepository
  const after = changed(task, { categories: [...categories].sort(byName) })
  yield* tasks.update(task, after)
  return after
})

export const ids = (page: { readonly data: ReadonlyArray<Task> }) => page.data.map(({ id }) => id)

/** Reads a page without the number of the newest change, which not every store has. */
export const pageOf = (userId: UserId, query: TaskQuery) =>
  Effect.flatMap(TaskRepository, (tasks) => Effect.map(tasks.list(userId, query), ({ latest: _, ...page }) => page))

/** The page that the port's description promises. */
export const expectedPage = (all: ReadonlyArray<Task>, query: TaskQuery) => {
  const listed = all.filter((task) => matches(query, task)).sort(comparator(query))
  const skipped = (query.page - 1) * query.limit
  return {
    data: listed.slice(skipped, skipped + query.limit),
    total: listed.length,
    page: query.page,
    limit: query.limit,
  }
}
