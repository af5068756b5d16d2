/** Implements `CategoryRepository` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { type Category, CategoryVersionConflict, maxCategories } from "../../domain/categories/Category.ts"
import { CategoryLimitReached, CategoryNameTaken, CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import { categoryState, differenceOf } from "../../domain/changes/EntityState.ts"
import {
  type CategoryRow,
  type DeletedCategoryRow,
  parametersOf,
  toCategory,
  toDeletedCategory,
} from "./CategoryColumns.ts"
import * as statements from "./CategoryStatements.ts"
import { type EndsRow, endsOf, toJson } from "./ChangeColumns.ts"
import { lockHead } from "./ChangeStatements.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import type { RecordedChange } from "./RecordedChange.ts"
import { runRecorded } from "./RecordedWrite.ts"

const createdCategory = (category: Category): RecordedChange => ({
  at: category.updatedAt,
  before: null,
  after: toJson("category", categoryState(category, false).values),
})

/** Returns the change from one version of a category to the next. It has no values if none differs. */
const changedCategory = (before: Category, after: Category): RecordedChange & { readonly isEmpty: boolean } => {
  const difference = differenceOf(categoryState(before, false).values, categoryState(after, false).values)
  const isEmpty = difference.fields.length === 0
  return {
    at: after.updatedAt,
    before: isEmpty ? null : toJson("category", difference.before),
    after: isEmpty ? null : toJson("category", difference.after),
    isEmpty,
  }
}

/** A row of a snapshot. That of an account without categories has no category. */
type SnapshotRow = EndsRow & (CategoryRow | { readonly id: null })

export const layer: Layer.Layer<CategoryRepository, never, PgClient.PgClient | UnitOfWork> = Layer.effect(
  CategoryRepository,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "categories")
    const record = runRecorded(database)
    const { atomically } = yield* UnitOfWork

    const get = (userId: UserId, categoryId: CategoryId) =>
      Effect.flatMap(database.read<CategoryRow>(statements.selectById, [userId, categoryId]), ([row]) =>
        row === undefined ? Effect.fail(new CategoryNotFound({ categoryId })) : Effect.succeed(toCategory(row)),
      )

    const getDeleted = (userId: UserId, categoryId: CategoryId) =>
      Effect.flatMap(database.read<DeletedCategoryRow>(statements.selectDeletedById, [userId, categoryId]), ([row]) =>
        row === undefined ? Effect.fail(new CategoryNotFound({ categoryId })) : Effect.succeed(toDeletedCategory(row)),
      )

    const isTaken = ({ id, name, userId }: Category) =>
      Effect.map(
        database.read<{ readonly exists: boolean }>(statements.hasOtherWithName, [userId, name, id]),
        ([row]) => row?.exists === true,
      )

    const limitReached = new CategoryLimitReached({ of: "user", limit: maxCategories })

    // The statements after the lock see what was committed while they waited for it. No other writer can interfere, so
    // each failure can be explained by another query.
    const insertLocked = Effect.fnUntraced(function* (category: Category) {
      const owners = yield* database.query(lockHead, [category.userId])
      if (owners.length === 0) return yield* new AccountNotFound({ userId: category.userId })
      const parameters = [category.userId, ...parametersOf(category), maxCategories]
      const written = yield* record(statements.insert, parameters, createdCategory(category))
      if (written.length > 0) return
      return yield* (yield* isTaken(category)) ? new CategoryNameTaken({ name: category.name }) : limitReached
    })

    const updateLocked = Effect.fnUntraced(function* (before: Category, after: Category) {
      const { id, name, userId } = after
      yield* database.query(lockHead, [userId])
      const current = yield* get(userId, id)
      if (current.version !== before.version) return yield* new CategoryVersionConflict({ current })
      if (yield* isTaken(after)) return yield* new CategoryNameTaken({ name })
      const change = changedCategory(before, after)
      const parameters = [userId, ...parametersOf(after)]
      yield* change.isEmpty
        ? database.query(statements.updateVersion, parameters)
        : record(statements.update, parameters, change)
    })

    const restoreLocked = Effect.fnUntraced(function* (restored: Category) {
      const { id, name, userId } = restored
      yield* database.query(lockHead, [userId])
      const { category } = yield* getDeleted(userId, id)
      if (yield* isTaken(restored)) return yield* new CategoryNameTaken({ name })
      const parameters = [userId, ...parametersOf(restored), maxCategories]
      const written = yield* record(statements.restore, parameters, changedCategory(category, restored))
      return yield* written.length > 0 ? Effect.void : Effect.fail(limitReached)
    })

    return CategoryRepository.of({
      insert: (category) => atomically(insertLocked(category)),
      get,
      exists: (categoryId) =>
        Effect.map(
          database.read<{ readonly exists: boolean }>(statements.exists, [categoryId]),
          ([row]) => row?.exists === true,
        ),
      list: (userId) =>
        Effect.map(database.read<CategoryRow>(statements.selectAll, [userId]), (rows) => rows.map(toCategory)),
      snapshot: Effect.fnUntraced(function* (userId) {
        const rows = yield* database.read<SnapshotRow>(statements.selectSnapshot, [userId])
        const [first] = rows
        if (first === undefined) return yield* new AccountNotFound({ userId })
        return {
          categories: rows.flatMap((row) => (row.id === null ? [] : [toCategory(row)])),
          latest: endsOf(first).latest,
        }
      }),
      getDeleted,
      update: (before, after) => atomically(updateLocked(before, after)),
      delete: (userId, categoryId, deletedAt) =>
        Effect.flatMap(
          record<CategoryRow>(statements.markDeleted, [userId, categoryId, deletedAt], {
            at: deletedAt,
            before: null,
            after: null,
          }),
          ([row]) =>
            row === undefined
              ? Effect.fail(new CategoryNotFound({ categoryId }))
              : Effect.succeed({ category: toCategory(row), deletedAt }),
        ),
      restore: (_, restored) => atomically(restoreLocked(restored)),
    })
  }),
)
