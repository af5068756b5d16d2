/** Implements `ExpiredRecords` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { ExpiredRecords } from "../../application/cleanup/ExpiredRecords.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import type { Statement } from "./client/Statement.ts"
import * as statements from "./PostgresCleanupStatements.ts"
import { purgeCategories, purgeTasks } from "./Purge.ts"

const { deletions } = statements

/** A deleted task or category. */
interface Thing {
  readonly user_id: UserId
  readonly id: TaskId | CategoryId
}

const usersOf = (things: ReadonlyArray<Thing>) => things.map(({ user_id }) => user_id)
const idsOf = (things: ReadonlyArray<Thing>) => things.map(({ id }) => id)

type Deletion = readonly [statement: Statement, before: Timestamp]

export const layer: Layer.Layer<ExpiredRecords, never, PgClient.PgClient> = Layer.effect(
  ExpiredRecords,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "cleanup")

    /** Runs the statements in order until together they have deleted `limit` rows. */
    const remove = Effect.fnUntraced(function* (limit: number, ...kind: ReadonlyArray<Deletion>) {
      let removed = 0
      for (const [statement, before] of kind) {
        if (removed === limit) break
        const [row] = yield* database.queryUnprepared<{ readonly rows: number }>(statement, [before, limit - removed])
        removed += row?.rows ?? 0
      }
      return removed
    })

    const lockHistories = (userIds: Iterable<UserId>) =>
      Effect.map(database.query<{ readonly user_id: UserId }>(statements.lockHeads, [[...new Set(userIds)]]), (rows) =>
        rows.map(({ user_id }) => user_id),
      )

    /** Finds things that were deleted before the time. Those of a user with a write in progress are left for later. */
    const lockDeleted = Effect.fnUntraced(function* (select: Statement, before: Timestamp, limit: number) {
      const found = yield* database.queryUnprepared<Thing>(select, [before, limit])
      const locked = new Set(found.length === 0 ? [] : yield* lockHistories(found.map(({ user_id }) => user_id)))
      return found.filter(({ user_id }) => locked.has(user_id))
    })

    const removeTasks = Effect.fnUntraced(function* (deletedBefore: Timestamp, limit: number, at: Timestamp) {
      const found = yield* lockDeleted(statements.selectDeletedTasks, deletedBefore, limit)
      if (found.length === 0) return 0
      return (yield* purgeTasks(database, usersOf(found), { at, among: idsOf(found), deletedBefore })).length
    })

    /** Counts the assignments too, so that a batch is full while there are more. */
    const removeCategories = Effect.fnUntraced(function* (deletedBefore: Timestamp, limit: number, at: Timestamp) {
      const found = yield* lockDeleted(statements.selectDeletedCategories, deletedBefore, limit)
      if (found.length === 0) return 0
      const forbidden = yield* database.query<Thing>(statements.forbidRestoring, [
        usersOf(found),
        idsOf(found),
        deletedBefore,
      ])
      const [row] = yield* database.queryUnprepared<{ readonly rows: number }>(statements.removeAssignments, [
        usersOf(forbidden),
        idsOf(forbidden),
        limit,
      ])
      const assignments = row?.rows ?? 0
      // Deleting a category that still has assignments would delete any number of them at once.
      if (assignments === limit) return assignments
      const purged = yield* purgeCategories(database, usersOf(forbidden), { at, among: idsOf(forbidden) })
      return assignments + purged.length
    })

    const trim = Effect.fnUntraced(function* (before: Timestamp, limit: number) {
      const found = yield* database.queryUnprepared<{ readonly user_id: UserId }>(statements.selectOldChanges, [
        before,
        limit,
      ])
      if (found.length === 0) return 0
      const locked = yield* lockHistories(found.map(({ user_id }) => user_id))
      const [row] = yield* database.queryUnprepared<{ readonly rows: number }>(statements.trimChanges, [
        locked,
        before,
        limit,
      ])
      return row?.rows ?? 0
    })

    return ExpiredRecords.of({
      removeBatch: Effect.fnUntraced(function* (before, limit, at) {
        const [lock] = yield* database.query<{ readonly is_locked: boolean }>(statements.tryLock, [])
        if (lock?.is_locked !== true) return null
        const expired = before.sessionsAndTokens
        return {
          refreshTokens: yield* remove(
            limit,
            [deletions.expiredRefreshTokens, expired],
            [deletions.tokensOfRevokedSessions, expired],
            [deletions.tokensOfExpiredSessions, expired],
          ),
          sessions: yield* remove(limit, [deletions.revokedSessions, expired], [deletions.expiredSessions, expired]),
          apiTokens: yield* remove(limit, [deletions.apiTokens, expired]),
          revocations: yield* remove(limit, [deletions.revocations, expired], [deletions.apiTokenRevocations, expired]),
          emailVerifications: yield* remove(limit, [deletions.emailVerifications, expired]),
          passwordResets: yield* remove(limit, [deletions.passwordResets, expired]),
          outgoingEmails: yield* remove(
            limit,
            [deletions.sentEmails, before.sentEmails],
            [deletions.deadLetters, before.deadLetters],
          ),
          tasks: yield* removeTasks(before.deletedTasks, limit, at),
          categories: yield* removeCategories(before.deletedTasks, limit, at),
          changes: yield* trim(before.changes, limit),
          idempotencyRecords: yield* remove(limit, [deletions.idempotencyRecords, before.idempotencyRecords]),
        }
      }),
    })
  }),
)
