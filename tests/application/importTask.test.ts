/** Holds a task's import to the state, times and categories that the export recorded. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { createCategory } from "../../application/categories/CreateCategory.ts"
import { getTask } from "../../application/tasks/GetTask.ts"
import { type ImportTask, importTask } from "../../application/tasks/ImportTask.ts"
import { listTasks } from "../../application/tasks/ListTasks.ts"
import { memory } from "../../bootstrap/memory.ts"
import { CategoryName } from "../../domain/categories/Category.ts"
import { defaultPageLimit, firstPage } from "../../domain/shared/Page.ts"
import { Timestamp, toMillis } from "../../domain/shared/Timestamp.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { at, keepUser, newCategoryId } from "../support/entities.ts"

const wanted: Omit<ImportTask, "userId" | "categoryIds" | "createdAt"> = {
  title: TaskTitle.make("Buy milk"),
  description: null,
  status: "completed",
  priority: "high",
  // Before the test clock's start. The date was in the future when it was set.
  dueDate: Timestamp.make("1970-01-01T00:00:00.000Z"),
}

layer(memory)("importing a task", (it) => {
  it.effect("keeps it as far along as it was, with its categories", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const work = yield* createCategory({ userId, name: CategoryName.make("Work") })
      const home = yield* createCategory({ userId, name: CategoryName.make("Home") })
      const categoryIds = [work.id, home.id, work.id]
      const task = yield* importTask({ ...wanted, userId, categoryIds })
      const { categories, version, ...rest } = task
      expect(rest).toStrictEqual(expect.objectContaining(wanted))
      expect(categories).toStrictEqual([home, work])
      expect(version).toBe(2)
      expect(yield* getTask({ userId, taskId: task.id })).toStrictEqual(task)
      expect((yield* importTask({ ...wanted, userId, categoryIds: [] })).version).toBe(1)
    }),
  )

  it.effect("keeps when it was made, but for a time ahead of the clock", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      yield* TestClock.setTime(toMillis(at(100)))
      for (const [given, kept] of [
        [at(1), at(1)],
        [at(101), at(100)],
        [undefined, at(100)],
      ]) {
        const { createdAt, id, updatedAt } = yield* importTask({ ...wanted, userId, createdAt: given, categoryIds: [] })
        expect([createdAt, updatedAt]).toStrictEqual([kept, at(100)])
        expect((yield* getTask({ userId, taskId: id })).createdAt).toBe(kept)
      }
    }),
  )

  it.effect("stores nothing of a task whose category is missing or another user's", () =>
    Effect.gen(function* () {
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const theirs = yield* createCategory({ userId: other, name: CategoryName.make("Theirs") })
      const refusal = (categoryId: typeof theirs.id) =>
        Effect.flip(importTask({ ...wanted, userId, categoryIds: [categoryId] }))
      expect((yield* refusal(newCategoryId()))._tag).toBe("CategoryNotFound")
      expect((yield* refusal(theirs.id))._tag).toBe("NotOwner")
      const query = { sort: "created_at", order: "asc", page: firstPage, limit: defaultPageLimit } as const
      expect((yield* listTasks({ userId, ...query })).total).toBe(0)
    }),
  )
})
