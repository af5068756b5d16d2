/** Implements `ExpiredRecords` on the memory store. */
import { Effect, HashMap, Layer, Option, Result } from "effect"
import { CurrentMutation } from "../../application/changes/Mutation.ts"
import { type ExpiredBefore, ExpiredRecords, type RemovedCounts } from "../../application/cleanup/ExpiredRecords.ts"
import type { Session } from "../../domain/accounts/Session.ts"
import type { TokenHash } from "../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { type CleanupResult, cleanEveryUser, expiredKeys } from "./MemoryCleanup.ts"
import {
  type CleanupMoment,
  cleanCategories,
  cleanChanges,
  cleanIdempotencyRecords,
  cleanTasks,
} from "./MemoryExpiredHistory.ts"
import { type EmailRow, MemoryStore, type Revocation, rowsOf, type State } from "./MemoryStore.ts"

const isSessionExpired = ({ revokedAt, expiresAt }: Session, before: Timestamp): boolean =>
  expiresAt < before || (revokedAt !== null && revokedAt < before)

const cleanRefreshTokens = (state: State, before: Timestamp, limit: number) =>
  cleanEveryUser(state, limit, (rows, room) => {
    const keys = expiredKeys(
      rows.refreshTokens,
      ({ expiresAt, sessionId }) =>
        expiresAt < before ||
        Option.exists(HashMap.get(rows.sessions, sessionId), (session) => isSessionExpired(session, before)),
      room,
    )
    return [{ ...rows, refreshTokens: HashMap.removeMany(rows.refreshTokens, keys) }, keys.length]
  })

const cleanSessions = (state: State, before: Timestamp, limit: number) =>
  cleanEveryUser(state, limit, (rows, room) => {
    const haveTokens = new Set(HashMap.toValues(rows.refreshTokens).map(({ sessionId }) => sessionId))
    const keys = expiredKeys(
      rows.sessions,
      (session, id) => isSessionExpired(session, before) && !haveTokens.has(id),
      room,
    )
    return [{ ...rows, sessions: HashMap.removeMany(rows.sessions, keys) }, keys.length]
  })

const cleanEmailVerifications = (state: State, before: Timestamp, limit: number) =>
  cleanEveryUser(state, limit, (rows) =>
    rows.verification !== null && rows.verification.expiresAt < before
      ? [{ ...rows, verification: null }, 1]
      : [rows, 0],
  )

const cleanPasswordResets = (state: State, before: Timestamp, limit: number) =>
  cleanEveryUser(state, limit, (rows) =>
    rows.reset !== null && rows.reset.expiresAt < before ? [{ ...rows, reset: null }, 1] : [rows, 0],
  )

const isEmailExpired = ({ failedAt, sentAt }: EmailRow, before: ExpiredBefore): boolean =>
  (sentAt !== null && sentAt < before.sentEmails) || (failedAt !== null && failedAt < before.deadLetters)

const cleanEmails = (state: State, before: ExpiredBefore, limit: number) =>
  cleanEveryUser(state, limit, (rows, room) => {
    const keys = expiredKeys(rows.emails, (row) => isEmailExpired(row, before), room)
    return [{ ...rows, emails: HashMap.removeMany(rows.emails, keys) }, keys.length]
  })

const cleanApiTokens = (state: State, before: Timestamp, limit: number): CleanupResult<State> => {
  const owners = state.apiTokenOwners
  const [left, removed] = cleanEveryUser(state, limit, (rows, room) => {
    const keys = expiredKeys(rows.apiTokens, ({ expiresAt }) => expiresAt < before, room)
    return [{ ...rows, apiTokens: HashMap.removeMany(rows.apiTokens, keys) }, keys.length]
  })
  if (removed === 0) return [left, 0]
  const isKept = (userId: UserId, hash: TokenHash) =>
    HashMap.has(rowsOf(left, userId)?.apiTokens ?? HashMap.empty(), hash)
  return [{ ...left, apiTokenOwners: HashMap.filter(owners, isKept) }, removed]
}

/** Removes from the start of the lists, which are sorted by the time of revocation. */
const cleanRevocations = (state: State, before: Timestamp, limit: number): CleanupResult<State> => {
  const [revokedSessions, sessions] = withoutOldest(state.revokedSessions, before, limit)
  const [revokedApiTokens, apiTokens] = withoutOldest(state.revokedApiTokens, before, limit - sessions)
  return [{ ...state, revokedSessions, revokedApiTokens }, sessions + apiTokens]
}

const withoutOldest = <Id>(
  revocations: ReadonlyArray<Revocation<Id>>,
  before: Timestamp,
  limit: number,
): CleanupResult<ReadonlyArray<Revocation<Id>>> => {
  const left = revocations.findIndex(({ revokedAt }) => revokedAt >= before)
  const removed = Math.min(left < 0 ? revocations.length : left, limit)
  return [revocations.slice(removed), removed]
}

const clean = (
  state: State,
  before: ExpiredBefore,
  limit: number,
  moment: CleanupMoment,
): readonly [RemovedCounts, State] => {
  const { deletedTasks, sessionsAndTokens } = before
  let left = state
  const removedBy = (cleanKind: (state: State) => CleanupResult<State>): number => {
    const [next, removed] = cleanKind(left)
    left = next
    return removed
  }
  const counts = {
    refreshTokens: removedBy((rows) => cleanRefreshTokens(rows, sessionsAndTokens, limit)),
    sessions: removedBy((rows) => cleanSessions(rows, sessionsAndTokens, limit)),
    apiTokens: removedBy((rows) => cleanApiTokens(rows, sessionsAndTokens, limit)),
    revocations: removedBy((rows) => cleanRevocations(rows, sessionsAndTokens, limit)),
    emailVerifications: removedBy((rows) => cleanEmailVerifications(rows, sessionsAndTokens, limit)),
    passwordResets: removedBy((rows) => cleanPasswordResets(rows, sessionsAndTokens, limit)),
    outgoingEmails: removedBy((rows) => cleanEmails(rows, before, limit)),
    tasks: removedBy((rows) => cleanTasks(moment, rows, deletedTasks, limit)),
    categories: removedBy((rows) => cleanCategories(moment, rows, deletedTasks, limit)),
    changes: removedBy((rows) => cleanChanges(rows, before.changes, limit)),
    idempotencyRecords: removedBy((rows) => cleanIdempotencyRecords(rows, before.idempotencyRecords, limit)),
  }
  return [counts, left]
}

/** Returns the users with a history that has got longer. */
const changedUsers = (before: State, after: State): ReadonlyArray<UserId> =>
  HashMap.toEntries(after.users)
    .filter(([userId, { changes }]) => rowsOf(before, userId)?.changes.head !== changes.head)
    .map(([userId]) => userId)

/**
 * Removes expired rows from the memory store. It scans every row, and needs no lock, because a store has one process.
 */
export const layer: Layer.Layer<ExpiredRecords, never, MemoryStore> = Layer.effect(
  ExpiredRecords,
  Effect.map(MemoryStore, ({ modify }) =>
    ExpiredRecords.of({
      removeBatch: Effect.fnUntraced(function* (before, limit, at) {
        const mutation = yield* CurrentMutation
        const { counts, users } = yield* modify((state) => {
          const [counts, left] = clean(state, before, limit, { at, mutation })
          return Result.succeed([{ counts, users: changedUsers(state, left) }, left] as const)
        })
        for (const userId of users) mutation.onChange(userId)
        return counts
      }),
    }),
  ),
)
