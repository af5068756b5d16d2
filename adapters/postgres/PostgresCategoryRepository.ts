import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { Category } from "../../domain/categories/Category.ts"
import { CategoryNameTaken, CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import { statementsOn } from "./PostgresStatements.ts"

/** A row that was written from a `Category`, and whose constraints hold its rules: it is trusted, not decoded. */
interface CategoryRow {
  readonly id: Category["id"]
  readonly user_id: Category["userId"]
  readonly name: Category["name"]
  readonly color: Category["color"]
  readonly created_at: Category["createdAt"]
}

const toCategory = (row: CategoryRow): Category => ({
  id: row.id,
  userId: row.user_id,
  name: row.name,
  color: row.color,
  createdAt: row.created_at,
})

const columns = "id, user_id, name, color, created_at"

// A conflict that is waited out and reported as no row leaves a surrounding unit of work usable; an error would end it.
const insert = `INSERT INTO categories (${columns}) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (user_id, name) DO NOTHING`

const selectById = `SELECT ${columns} FROM categories WHERE user_id = $1 AND id = $2`

const exists = "SELECT EXISTS (SELECT FROM categories WHERE id = $1) AS exists"

// By code points, as the column's collation has it.
const selectAll = `SELECT ${columns} FROM categories WHERE user_id = $1 ORDER BY name`

const remove = "DELETE FROM categories WHERE user_id = $1 AND id = $2"

export const layer: Layer.Layer<CategoryRepository, never, PgClient.PgClient> = Layer.effect(
  CategoryRepository,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "categories")

    return CategoryRepository.of({
      insert: (category) =>
        Effect.flatMap(
          database.writeOwned(
            insert,
            [category.id, category.userId, category.name, category.color, category.createdAt],
            (): CategoryNameTaken | AccountNotFound => new AccountNotFound({ userId: category.userId }),
          ),
          (written) => (written === 0 ? Effect.fail(new CategoryNameTaken({ name: category.name })) : Effect.void),
        ),

      get: (userId, categoryId) =>
        Effect.flatMap(database.read<CategoryRow>(selectById, [userId, categoryId]), ([row]) =>
          row === undefined ? Effect.fail(new CategoryNotFound({ categoryId })) : Effect.succeed(toCategory(row)),
        ),

      exists: (categoryId) =>
        Effect.map(database.read<{ readonly exists: boolean }>(exists, [categoryId]), ([row]) => row?.exists === true),

      list: (userId) => Effect.map(database.read<CategoryRow>(selectAll, [userId]), (rows) => rows.map(toCategory)),

      delete: (userId, categoryId) =>
        Effect.flatMap(database.write(remove, [userId, categoryId]), (written) =>
          written === 0 ? Effect.fail(new CategoryNotFound({ categoryId })) : Effect.void,
        ),
    })
  }),
)
