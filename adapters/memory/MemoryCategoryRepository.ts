/** Implements `CategoryRepository` on the memory store. */
import { Effect, HashMap, Layer, Option, Result } from "effect"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import { byName, type Category, maxCategories } from "../../domain/categories/Category.ts"
import { CategoryLimitReached, CategoryNameTaken, CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import { MemoryStore, rowsOf, type State, type UserRows, withRows } from "./MemoryStore.ts"

const categoryOf = (rows: UserRows | undefined, categoryId: CategoryId) =>
  rows === undefined ? undefined : Option.getOrUndefined(HashMap.get(rows.categories, categoryId))

/** Returns the user's tasks, deleted ones included, without the category. */
const tasksWithout = (rows: UserRows, categoryId: CategoryId): UserRows["tasks"] =>
  HashMap.reduce(rows.tasks, rows.tasks, (tasks, row, taskId) => {
    const categories = row.task.categories.filter(({ id }) => id !== categoryId)
    return categories.length === row.task.categories.length
      ? tasks
      : HashMap.set(tasks, taskId, { ...row, task: { ...row.task, categories } })
  })

/** Categories in the memory store, by user. */
export const layer: Layer.Layer<CategoryRepository, never, MemoryStore> = Layer.effect(
  CategoryRepository,
  Effect.gen(function* () {
    const { modify, read, write } = yield* MemoryStore
    return CategoryRepository.of({
      insert: (category) =>
        write((state): Result.Result<State, CategoryNameTaken | CategoryLimitReached | AccountNotFound> => {
          const { id, name, userId } = category
          const rows = rowsOf(state, userId)
          if (rows === undefined) return Result.fail(new AccountNotFound({ userId }))
          if (HashMap.has(rows.categoryNames, name)) return Result.fail(new CategoryNameTaken({ name }))
          if (HashMap.size(rows.categories) >= maxCategories) {
            return Result.fail(new CategoryLimitReached({ of: "user", limit: maxCategories }))
          }
          if (HashMap.has(state.categoryOwners, id)) throw new Error(`the id ${id} is not new`)
          return Result.succeed({
            ...withRows(state, userId, {
              ...rows,
              categories: HashMap.set(rows.categories, id, category),
              categoryNames: HashMap.set(rows.categoryNames, name, id),
            }),
            categoryOwners: HashMap.set(state.categoryOwners, id, userId),
          })
        }),
      get: (userId, categoryId) =>
        read((state) => {
          const category = categoryOf(rowsOf(state, userId), categoryId)
          return category === undefined ? Effect.fail(new CategoryNotFound({ categoryId })) : Effect.succeed(category)
        }),
      exists: (categoryId) => read((state) => Effect.succeed(HashMap.has(state.categoryOwners, categoryId))),
      list: (userId) =>
        read((state) => {
          const rows = rowsOf(state, userId)
          return Effect.succeed(rows === undefined ? [] : HashMap.toValues(rows.categories).sort(byName))
        }),
      delete: (userId, categoryId) =>
        modify((state): Result.Result<readonly [Category, State], CategoryNotFound> => {
          const rows = rowsOf(state, userId)
          const category = categoryOf(rows, categoryId)
          if (rows === undefined || category === undefined) return Result.fail(new CategoryNotFound({ categoryId }))
          const without = {
            ...withRows(state, userId, {
              ...rows,
              tasks: tasksWithout(rows, categoryId),
              categories: HashMap.remove(rows.categories, categoryId),
              categoryNames: HashMap.remove(rows.categoryNames, category.name),
            }),
            categoryOwners: HashMap.remove(state.categoryOwners, categoryId),
          }
          return Result.succeed([category, without])
        }),
    })
  }),
)
