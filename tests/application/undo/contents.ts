/** Reads all that a user has, but for versions and times. */
import { Effect } from "effect"
import { listCategories } from "../../../application/categories/ListCategories.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { listTasks } from "../../../application/tasks/ListTasks.ts"
import { listTrash } from "../../../application/tasks/ListTrash.ts"
import type { Category } from "../../../domain/categories/Category.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { cursorLimit, limit } from "../../support/entities.ts"
import type { Things } from "./operations.ts"

/** More than any test has. */
const everything = 100

type Timeless<A> = Omit<A, "version" | "updatedAt">

const withoutTime = <A extends Timeless<{ version: unknown; updatedAt: unknown }>>(
  thing: A & { readonly version: unknown; readonly updatedAt: unknown },
): Timeless<A> => {
  const { updatedAt: _, version: __, ...rest } = thing
  return rest
}

const visible = (task: Task) => ({
  ...withoutTime<Task>(task),
  categories: task.categories.map((category) => withoutTime<Category>(category)),
})

/**
 * Returns the values of all things with hidden assignments, and what lists show. A deleted thing that `before` does not
 * have counts as absent, because the undo of a creation leaves it in the trash.
 */
export const contentsOf = Effect.fnUntraced(function* (things: Things, before: Pick<Things, "tasks" | "categories">) {
  const { categories, tasks, userId } = things
  const changes = yield* ChangeRepository
  const known = new Set<string>([...before.tasks, ...before.categories])
  const present = yield* changes.presentStates(userId, { tasks, categories, created: [], limit: 0 })
  const states = [...present.tasks.values(), ...present.categories.values()]
  const listed = yield* listTasks({ userId, limit: limit(everything), sort: "created_at" })
  const trash = yield* listTrash({ userId, limit: cursorLimit(everything) })
  return {
    states: new Map(
      states
        .filter(({ id, isDeleted }) => !isDeleted || known.has(id))
        .map(({ id, isDeleted, values }) => [id, { isDeleted, values }]),
    ),
    tasks: new Map(listed.data.map((task) => [task.id, visible(task)])),
    categories: (yield* listCategories({ userId })).map((category) => withoutTime<Category>(category)),
    trash: new Set(trash.data.map(({ task }) => task.id).filter((id) => known.has(id))),
  }
})
