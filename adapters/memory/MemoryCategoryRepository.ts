/** Implements `CategoryRepository` on the memory store. */
import { Effect, HashMap, Layer, Option, Result } from "effect"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import {
  byName,
  type Category,
  CategoryVersionConflict,
  type DeletedCategory,
  maxCategories,
} from "../../domain/categories/Category.ts"
import { CategoryLimitReached, CategoryNameTaken, CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import * as MemoryChangeLog from "./MemoryChangeLog.ts"
import { changesBetween, recordedWrites, type Written } from "./MemoryRecordedWrite.ts"
import { deletedCategory, isNameTaken, livingCategory, stateOfCategory, withCategory } from "./MemoryRows.ts"
import { type CategoryRow, MemoryStore, rowsOf, type State, type UserRows, withRows } from "./MemoryStore.ts"

const replaced = <A>(state: State, rows: UserRows, before: CategoryRow, after: CategoryRow, value: A): Written<A> => ({
  value,
  state: withRows(state, after.category.userId, withCategory(rows, before, after)),
  changes: changesBetween(stateOfCategory(before), stateOfCategory(after)),
})

const isFull = (rows: UserRows): boolean => HashMap.size(rows.categoryNames) >= maxCategories
const limitReached = new CategoryLimitReached({ of: "user", limit: maxCategories })

/** Categories in the memory store, by user. */
/** Returns the categories that are not deleted, by name. */
const listOf = (rows: UserRows | undefined): ReadonlyArray<Category> =>
  rows === undefined
    ? []
    : HashMap.toValues(rows.categories)
        .filter(({ deletedAt }) => deletedAt === null)
        .map(({ category }) => category)
        .sort(byName)

export const layer: Layer.Layer<CategoryRepository, never, MemoryStore> = Layer.effect(
  CategoryRepository,
  Effect.gen(function* () {
    const store = yield* MemoryStore
    const { read } = store
    const write = recordedWrites(store)

    return CategoryRepository.of({
      insert: (category) =>
        write(
          category.userId,
          category.updatedAt,
          (state): Result.Result<Written<void>, CategoryNameTaken | CategoryLimitReached | AccountNotFound> => {
            const { id, name, userId } = category
            const rows = rowsOf(state, userId)
            if (rows === undefined) return Result.fail(new AccountNotFound({ userId }))
            if (isNameTaken(rows, category)) return Result.fail(new CategoryNameTaken({ name }))
            if (isFull(rows)) return Result.fail(limitReached)
            if (HashMap.has(state.categoryOwners, id)) throw new Error(`the id ${id} is not new`)
            const row = { category, deletedAt: null }
            return Result.succeed({
              value: undefined,
              state: {
                ...withRows(state, userId, withCategory(rows, null, row)),
                categoryOwners: HashMap.set(state.categoryOwners, id, userId),
              },
              changes: changesBetween(null, stateOfCategory(row)),
            })
          },
        ),
      get: (userId, categoryId) =>
        read((state) => {
          const row = livingCategory(rowsOf(state, userId), categoryId)
          return row === undefined ? Effect.fail(new CategoryNotFound({ categoryId })) : Effect.succeed(row.category)
        }),
      exists: (categoryId) =>
        read((state) => {
          const userId = Option.getOrUndefined(HashMap.get(state.categoryOwners, categoryId))
          return Effect.succeed(userId !== undefined && livingCategory(rowsOf(state, userId), categoryId) !== undefined)
        }),
      list: (userId) => read((state) => Effect.succeed(listOf(rowsOf(state, userId)))),
      snapshot: (userId) =>
        read((state) => {
          const rows = rowsOf(state, userId)
          return rows === undefined
            ? Effect.fail(new AccountNotFound({ userId }))
            : Effect.succeed({ categories: listOf(rows), latest: MemoryChangeLog.latest(rows.changes) })
        }),
      getDeleted: (userId, categoryId) =>
        read((state) => {
          const row = deletedCategory(rowsOf(state, userId), categoryId)
          return row === undefined ? Effect.fail(new CategoryNotFound({ categoryId })) : Effect.succeed(row)
        }),
      update: (before, after) =>
        write(
          after.userId,
          after.updatedAt,
          (state): Result.Result<Written<void>, CategoryNotFound | CategoryVersionConflict | CategoryNameTaken> => {
            const { id, name, userId } = after
            const rows = rowsOf(state, userId)
            const row = livingCategory(rows, id)
            if (rows === undefined || row === undefined) return Result.fail(new CategoryNotFound({ categoryId: id }))
            if (row.category.version !== before.version) {
              return Result.fail(new CategoryVersionConflict({ current: row.category }))
            }
            if (isNameTaken(rows, after)) return Result.fail(new CategoryNameTaken({ name }))
            return Result.succeed(replaced(state, rows, row, { category: after, deletedAt: null }, undefined))
          },
        ),
      delete: (userId, categoryId, deletedAt) =>
        write(userId, deletedAt, (state): Result.Result<Written<DeletedCategory>, CategoryNotFound> => {
          const rows = rowsOf(state, userId)
          const row = livingCategory(rows, categoryId)
          if (rows === undefined || row === undefined) return Result.fail(new CategoryNotFound({ categoryId }))
          const deleted = { ...row, deletedAt }
          return Result.succeed(replaced(state, rows, row, deleted, deleted))
        }),
      restore: ({ category }, restored) =>
        write(
          restored.userId,
          restored.updatedAt,
          (state): Result.Result<Written<void>, CategoryNotFound | CategoryNameTaken | CategoryLimitReached> => {
            const rows = rowsOf(state, restored.userId)
            const row = deletedCategory(rows, category.id)
            if (rows === undefined || row === undefined) {
              return Result.fail(new CategoryNotFound({ categoryId: category.id }))
            }
            if (isNameTaken(rows, restored)) return Result.fail(new CategoryNameTaken({ name: restored.name }))
            if (isFull(rows)) return Result.fail(limitReached)
            return Result.succeed(replaced(state, rows, row, { category: restored, deletedAt: null }, undefined))
          },
        ),
    })
  }),
)
