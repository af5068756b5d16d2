/** Implements `CategoryRepository` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import { type Category, maxCategories } from "../../domain/categories/Category.ts"
import { CategoryLimitReached, CategoryNameTaken, CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"

/** A row that was written from a `Category`. Constraints enforce its rules, so it is trusted, not decoded. */
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

// Serializes the user's inserts, so that the next statement counts those that were committed in the meantime. It does
// not wait for rows that refer to the account.
const lockOwner = statement("categories.lock_owner", "SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE")

// Waiting out a conflict and reporting it as no row leaves a surrounding unit of work usable; an error would abort it.
const insert = statement(
  "categories.insert",
  `INSERT INTO categories (${columns})
  SELECT $1::uuid, $2::uuid, $3::text, $4::text, $5::timestamptz
  WHERE (SELECT count(*) FROM (SELECT FROM categories WHERE user_id = $2::uuid LIMIT $6) AS counted) < $6
  ON CONFLICT (user_id, name) DO NOTHING`,
)

const hasName = statement(
  "categories.has_name",
  "SELECT EXISTS (SELECT FROM categories WHERE user_id = $1 AND name = $2) AS exists",
)

const selectById = statement(
  "categories.select_by_id",
  `SELECT ${columns} FROM categories WHERE user_id = $1 AND id = $2`,
)

const exists = statement("categories.exists", "SELECT EXISTS (SELECT FROM categories WHERE id = $1) AS exists")

// By code points, which is the collation of the column.
const selectAll = statement(
  "categories.select_all",
  `SELECT ${columns} FROM categories WHERE user_id = $1 ORDER BY name`,
)

const remove = statement(
  "categories.delete",
  `DELETE FROM categories WHERE user_id = $1 AND id = $2 RETURNING ${columns}`,
)

export const layer: Layer.Layer<CategoryRepository, never, PgClient.PgClient | UnitOfWork> = Layer.effect(
  CategoryRepository,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "categories")

    const { atomically } = yield* UnitOfWork

    const insertLocked = Effect.fnUntraced(function* ({ color, createdAt, id, name, userId }: Category) {
      const owners = yield* database.query(lockOwner, [userId])
      if (owners.length === 0) return yield* new AccountNotFound({ userId })
      const written = yield* database.write(insert, [id, userId, name, color, createdAt, maxCategories])
      if (written > 0) return
      const [row] = yield* database.read<{ readonly exists: boolean }>(hasName, [userId, name])
      return yield* row?.exists === true
        ? new CategoryNameTaken({ name })
        : new CategoryLimitReached({ of: "user", limit: maxCategories })
    })

    return CategoryRepository.of({
      insert: (category) => atomically(insertLocked(category)),

      get: (userId, categoryId) =>
        Effect.flatMap(database.read<CategoryRow>(selectById, [userId, categoryId]), ([row]) =>
          row === undefined ? Effect.fail(new CategoryNotFound({ categoryId })) : Effect.succeed(toCategory(row)),
        ),

      exists: (categoryId) =>
        Effect.map(database.read<{ readonly exists: boolean }>(exists, [categoryId]), ([row]) => row?.exists === true),

      list: (userId) => Effect.map(database.read<CategoryRow>(selectAll, [userId]), (rows) => rows.map(toCategory)),

      delete: (userId, categoryId) =>
        Effect.flatMap(database.query<CategoryRow>(remove, [userId, categoryId]), ([row]) =>
          row === undefined ? Effect.fail(new CategoryNotFound({ categoryId })) : Effect.succeed(toCategory(row)),
        ),
    })
  }),
)
