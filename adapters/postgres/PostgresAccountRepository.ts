/** Implements `AccountRepository` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option } from "effect"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { AccountNotFound, EmailTaken } from "../../domain/accounts/AccountErrors.ts"
import type { SessionId } from "../../domain/accounts/SessionId.ts"
import type { UserAccount } from "../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { lockHead } from "./ChangeStatements.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"

/** A row that was written from a `UserAccount`. Constraints enforce its rules, so it is trusted, not decoded. */
interface AccountRow {
  readonly id: UserAccount["id"]
  readonly email: UserAccount["email"]
  readonly full_name: UserAccount["fullName"]
  readonly password_hash: UserAccount["passwordHash"]
  readonly is_active: boolean
  readonly disabled_at: UserAccount["disabledAt"]
  readonly created_at: UserAccount["createdAt"]
  readonly updated_at: UserAccount["updatedAt"]
}

const toAccount = (row: AccountRow): UserAccount => ({
  id: row.id,
  email: row.email,
  fullName: row.full_name,
  passwordHash: row.password_hash,
  isEmailVerified: row.is_active,
  disabledAt: row.disabled_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const columns = "id, email, full_name, password_hash, is_active, disabled_at, created_at, updated_at"

// Waiting out a conflict and reporting it as no row leaves a surrounding unit of work usable; an error would abort it.
const insert = statement(
  "accounts.insert",
  `WITH made AS (
    INSERT INTO accounts (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (email) DO NOTHING RETURNING id
  )
  INSERT INTO change_heads (user_id) SELECT id FROM made`,
)

const selectById = statement("accounts.select_by_id", `SELECT ${columns} FROM accounts WHERE id = $1`)

const selectByIdForUpdate = statement("accounts.select_by_id_for_update", `${selectById.text} FOR UPDATE`)

const selectByEmail = statement("accounts.select_by_email", `SELECT ${columns} FROM accounts WHERE email = $1`)

const selectAfter = statement(
  "accounts.select_after",
  `SELECT ${columns} FROM accounts WHERE id > $1 ORDER BY id LIMIT $2`,
)

/** Sorts before every id. */
const beforeAllIds = "00000000-0000-0000-0000-000000000000"

const update = statement(
  "accounts.update",
  `UPDATE accounts
  SET full_name = $2, password_hash = $3, is_active = $4, disabled_at = $5, created_at = $6, updated_at = $7
  WHERE id = $1`,
)

// A row that holds the new address, until the unit of work ends with the account in its place. An update alone would fail
// with an error if another unit inserts the address meanwhile, and the error would abort its unit.
const reserveEmail = statement(
  "accounts.reserve_email",
  `INSERT INTO accounts (${columns})
  SELECT gen_random_uuid(), $2::text, full_name, password_hash, is_active, disabled_at, created_at, updated_at
  FROM accounts WHERE id = $1 ON CONFLICT (email) DO NOTHING`,
)

const releaseEmail = statement("accounts.release_email", "DELETE FROM accounts WHERE email = $1")

const updateEmail = statement("accounts.update_email", "UPDATE accounts SET email = $2 WHERE id = $1")

// Foreign keys delete the other rows of the account, but its tasks and its history: writers do not pay for a reference.
// All parts see the rows as they were before.
const remove = statement(
  "accounts.delete",
  `WITH removed AS (
    DELETE FROM accounts WHERE id = $1 RETURNING id
  ), kept AS (
    INSERT INTO ended_sessions (user_id, session_id, ended_at)
    SELECT sessions.user_id, sessions.id, coalesce(sessions.ended_at, clock_timestamp()) FROM sessions JOIN removed ON user_id = removed.id
    RETURNING session_id
  ), unowned AS (
    DELETE FROM tasks USING removed WHERE tasks.user_id = removed.id
  ), forgotten AS (
    DELETE FROM changes USING removed WHERE changes.user_id = removed.id
  ), unrepeatable AS (
    DELETE FROM idempotency_records USING removed WHERE idempotency_records.user_id = removed.id
  )
  SELECT removed.id, kept.session_id FROM removed LEFT JOIN kept ON true`,
)

export const layer: Layer.Layer<AccountRepository, never, PgClient.PgClient | UnitOfWork> = Layer.effect(
  AccountRepository,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "accounts")
    const { atomically } = yield* UnitOfWork

    const accountOrFail = (userId: UserId, rows: ReadonlyArray<AccountRow>) =>
      rows[0] === undefined ? Effect.fail(new AccountNotFound({ userId })) : Effect.succeed(toAccount(rows[0]))

    const updateRow = (account: UserAccount) =>
      Effect.flatMap(
        database.write(update, [
          account.id,
          account.fullName,
          account.passwordHash,
          account.isEmailVerified,
          account.disabledAt,
          account.createdAt,
          account.updatedAt,
        ]),
        (written) => (written === 0 ? Effect.fail(new AccountNotFound({ userId: account.id })) : Effect.void),
      )

    const replaceEmail = Effect.fnUntraced(function* ({ email, id }: UserAccount) {
      const [before] = yield* database.query<AccountRow>(selectByIdForUpdate, [id])
      if (before === undefined) return yield* new AccountNotFound({ userId: id })
      if (before.email === email) return
      if ((yield* database.write(reserveEmail, [id, email])) === 0) return yield* new EmailTaken({ email })
      yield* database.write(releaseEmail, [email])
      yield* database.write(updateEmail, [id, email])
    })

    return AccountRepository.of({
      insert: (account) =>
        Effect.flatMap(
          database.write(insert, [
            account.id,
            account.email,
            account.fullName,
            account.passwordHash,
            account.isEmailVerified,
            account.disabledAt,
            account.createdAt,
            account.updatedAt,
          ]),
          (written) => (written === 0 ? Effect.fail(new EmailTaken({ email: account.email })) : Effect.void),
        ),

      get: (userId) =>
        Effect.flatMap(database.read<AccountRow>(selectById, [userId]), (rows) => accountOrFail(userId, rows)),

      getForUpdate: (userId) =>
        Effect.flatMap(database.query<AccountRow>(selectByIdForUpdate, [userId]), (rows) =>
          accountOrFail(userId, rows),
        ),

      findByEmail: (email) =>
        Effect.map(database.read<AccountRow>(selectByEmail, [email]), ([row]) =>
          row === undefined ? Option.none() : Option.some(toAccount(row)),
        ),

      list: (after, limit) =>
        Effect.map(database.read<AccountRow>(selectAfter, [after ?? beforeAllIds, limit]), (rows) =>
          rows.map(toAccount),
        ),

      update: updateRow,

      updateWithEmail: (account) => atomically(Effect.andThen(replaceEmail(account), updateRow(account))),

      // The history is locked first, so that no writer adds a change that the deletion does not see.
      delete: (userId) =>
        atomically(
          Effect.flatMap(
            Effect.andThen(
              database.query(lockHead, [userId]),
              database.query<{ readonly session_id: SessionId | null }>(remove, [userId]),
            ),
            (rows): Effect.Effect<ReadonlyArray<SessionId>, AccountNotFound> =>
              rows.length === 0
                ? Effect.fail(new AccountNotFound({ userId }))
                : Effect.succeed(rows.flatMap((row) => row.session_id ?? [])),
          ),
        ),
    })
  }),
)
