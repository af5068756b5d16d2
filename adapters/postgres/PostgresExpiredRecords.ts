/** Implements `ExpiredRecords` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { ExpiredRecords } from "../../application/cleanup/ExpiredRecords.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import { removals, takeTurn } from "./PostgresCleanupStatements.ts"

type Removal = readonly [statement: string, before: Timestamp]

export const layer: Layer.Layer<ExpiredRecords, never, PgClient.PgClient> = Layer.effect(
  ExpiredRecords,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "housekeeping")

    /** Runs the statements in order until together they have deleted `limit` rows. */
    const remove = Effect.fnUntraced(function* (limit: number, ...kind: ReadonlyArray<Removal>) {
      let removed = 0
      for (const [statement, before] of kind) {
        if (removed === limit) break
        const [row] = yield* database.queryPlanned<{ readonly rows: number }>(statement, [before, limit - removed])
        removed += row?.rows ?? 0
      }
      return removed
    })

    return ExpiredRecords.of({
      removeBatch: Effect.fnUntraced(function* (before, limit) {
        const [turn] = yield* database.query<{ readonly is_ours: boolean }>(takeTurn, [])
        if (turn?.is_ours !== true) return null
        const ended = before.sessionsAndTokens
        return {
          refreshTokens: yield* remove(
            limit,
            [removals.expiredRefreshTokens, ended],
            [removals.tokensOfEndedSessions, ended],
            [removals.tokensOfExpiredSessions, ended],
          ),
          sessions: yield* remove(limit, [removals.endedSessions, ended], [removals.expiredSessions, ended]),
          endedSessions: yield* remove(limit, [removals.rememberedSessions, ended]),
          emailVerifications: yield* remove(limit, [removals.emailVerifications, ended]),
          passwordResets: yield* remove(limit, [removals.passwordResets, ended]),
          outgoingEmails: yield* remove(
            limit,
            [removals.sentEmails, before.sentEmails],
            [removals.deadLetters, before.deadLetters],
          ),
          tasks: yield* remove(limit, [removals.deletedTasks, before.deletedTasks]),
        }
      }),
    })
  }),
)
