/** Implements `ExpiredRecords` on the memory store. */
import { Effect, HashMap, Layer, Option, Result } from "effect"
import { type ExpiredBefore, ExpiredRecords, type RemovedCounts } from "../../application/cleanup/ExpiredRecords.ts"
import type { Session } from "../../domain/accounts/Session.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { type EmailRow, MemoryStore, type State, type UserRows, withRows } from "./MemoryStore.ts"

/** The remaining rows, and the number of removed ones. */
type CleanupResult<Rows> = readonly [left: Rows, removed: number]

/** Returns the keys of up to `room` expired rows. */
const expiredKeys = <Key, Row>(
  rows: HashMap.HashMap<Key, Row>,
  isExpired: (row: Row, key: Key) => boolean,
  room: number,
): ReadonlyArray<Key> => {
  const keys: Array<Key> = []
  for (const [key, row] of rows) {
    if (keys.length >= room) break
    if (isExpired(row, key)) keys.push(key)
  }
  return keys
}

const cleanEveryUser = (
  state: State,
  limit: number,
  clean: (rows: UserRows, room: number) => CleanupResult<UserRows>,
): CleanupResult<State> => {
  let left = state
  let removed = 0
  for (const [userId, rows] of state.users) {
    if (removed >= limit) break
    const [remaining, count] = clean(rows, limit - removed)
    if (count === 0) continue
    left = withRows(left, userId, remaining)
    removed += count
  }
  return [left, removed]
}

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

const cleanTasks = (state: State, before: Timestamp, limit: number): CleanupResult<State> => {
  let { taskOwners } = state
  const [left, removed] = cleanEveryUser(state, limit, (rows, room) => {
    const keys = expiredKeys(rows.tasks, ({ deletedAt }) => deletedAt !== null && deletedAt < before, room)
    taskOwners = HashMap.removeMany(taskOwners, keys)
    return [{ ...rows, tasks: HashMap.removeMany(rows.tasks, keys) }, keys.length]
  })
  return [{ ...left, taskOwners }, removed]
}

const isEmailExpired = ({ failedAt, sentAt }: EmailRow, before: ExpiredBefore): boolean =>
  (sentAt !== null && sentAt < before.sentEmails) || (failedAt !== null && failedAt < before.deadLetters)

const cleanEmails = (state: State, before: ExpiredBefore, limit: number) =>
  cleanEveryUser(state, limit, (rows, room) => {
    const keys = expiredKeys(rows.emails, (row) => isEmailExpired(row, before), room)
    return [{ ...rows, emails: HashMap.removeMany(rows.emails, keys) }, keys.length]
  })

/** Removes from the start of the list, which is sorted by the time of revocation. */
const cleanRevocations = (state: State, before: Timestamp, limit: number): CleanupResult<State> => {
  const left = state.revocations.findIndex(({ revokedAt }) => revokedAt >= before)
  const removed = Math.min(left < 0 ? state.revocations.length : left, limit)
  return [{ ...state, revocations: state.revocations.slice(removed) }, removed]
}

const clean = (state: State, before: ExpiredBefore, limit: number): readonly [RemovedCounts, State] => {
  const [withoutTokens, refreshTokens] = cleanRefreshTokens(state, before.sessionsAndTokens, limit)
  const [withoutSessions, sessions] = cleanSessions(withoutTokens, before.sessionsAndTokens, limit)
  const [withoutRevocations, revocations] = cleanRevocations(withoutSessions, before.sessionsAndTokens, limit)
  const [withoutVerifications, emailVerifications] = cleanEmailVerifications(
    withoutRevocations,
    before.sessionsAndTokens,
    limit,
  )
  const [withoutResets, passwordResets] = cleanPasswordResets(withoutVerifications, before.sessionsAndTokens, limit)
  const [withoutEmails, outgoingEmails] = cleanEmails(withoutResets, before, limit)
  const [left, tasks] = cleanTasks(withoutEmails, before.deletedTasks, limit)
  return [{ refreshTokens, sessions, revocations, emailVerifications, passwordResets, outgoingEmails, tasks }, left]
}

/**
 * Removes expired rows from the memory store. It scans every row, and needs no lock, because a store has one process.
 */
export const layer: Layer.Layer<ExpiredRecords, never, MemoryStore> = Layer.effect(
  ExpiredRecords,
  Effect.map(MemoryStore, ({ modify }) =>
    ExpiredRecords.of({
      removeBatch: (before, limit) => modify((state) => Result.succeed(clean(state, before, limit))),
    }),
  ),
)
