/** Implements `ExpiredRecords` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { ExpiredRecords } from "../../application/cleanup/ExpiredRecords.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import type { Statement } from "./client/Statement.ts"
import { deletions, tryLock } from "./PostgresCleanupStatements.ts"

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

    return ExpiredRecords.of({
      removeBatch: Effect.fnUntraced(function* (before, limit) {
        const [lock] = yield* database.query<{ readonly is_locked: boolean }>(tryLock, [])
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
          revocations: yield* remove(limit, [deletions.revocations, expired]),
          emailVerifications: yield* remove(limit, [deletions.emailVerifications, expired]),
          passwordResets: yield* remove(limit, [deletions.passwordResets, expired]),
          outgoingEmails: yield* remove(
            limit,
            [deletions.sentEmails, before.sentEmails],
            [deletions.deadLetters, before.deadLetters],
          ),
          tasks: yield* remove(limit, [deletions.deletedTasks, before.deletedTasks]),
        }
      }),
    })
  }),
)
