/** Implements `SessionRepository` on the memory store. */
import { Effect, HashMap, Layer, Option, Result } from "effect"
import { maxListedSessions, SessionRepository } from "../../application/accounts/sessions/SessionRepository.ts"
import { revoke, type Session } from "../../domain/accounts/Session.ts"
import type { SessionId } from "../../domain/accounts/SessionId.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { compareCodePoints } from "../../domain/shared/CodePointOrder.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { revokedSince, withRevoked } from "./MemoryRevocations.ts"
import { MemoryStore, ownedRows, rowsOf, type State, type UserRows, withRows } from "./MemoryStore.ts"

/** Returns the rows without expired sessions and tokens, which are no longer of use. */
const withoutExpired = (rows: UserRows, now: Timestamp): UserRows => ({
  ...rows,
  sessions: HashMap.filter(rows.sessions, ({ expiresAt }) => expiresAt > now),
  refreshTokens: HashMap.filter(rows.refreshTokens, ({ expiresAt }) => expiresAt > now),
})

/** Revokes the user's sessions that pass the test. Returns their ids and the new state. */
const revokeWhere = (
  state: State,
  userId: UserId,
  at: Timestamp,
  test: (session: Session) => boolean,
): readonly [ReadonlyArray<SessionId>, State] => {
  const rows = rowsOf(state, userId)
  if (rows === undefined) return [[], state]
  const revoked = HashMap.toValues(rows.sessions)
    .filter((session) => session.revokedAt === null && test(session))
    .map((session) => revoke(session, at))
  if (revoked.length === 0) return [[], state]
  const ids = revoked.map(({ id }) => id)
  return [
    ids,
    {
      ...withRows(state, userId, {
        ...rows,
        sessions: HashMap.setMany(
          rows.sessions,
          revoked.map((session) => [session.id, session] as const),
        ),
      }),
      revokedSessions: withRevoked(state.revokedSessions, ids, at),
    },
  ]
}

/** Sorts the last used first, in the same order as the PostgreSQL adapter. */
const byLastUse = (one: Session, other: Session): number =>
  compareCodePoints(other.lastUsedAt, one.lastUsedAt) || compareCodePoints(other.id, one.id)

/** Sessions and their refresh tokens in the memory store, by user. A login deletes the user's expired ones. */
export const layer: Layer.Layer<SessionRepository, never, MemoryStore> = Layer.effect(
  SessionRepository,
  Effect.gen(function* () {
    const { modify, now, read, write } = yield* MemoryStore
    return SessionRepository.of({
      insert: (session, token) =>
        write((state) => {
          const rows = withoutExpired(ownedRows(state, session.userId), session.createdAt)
          const next = withRows(state, session.userId, {
            ...rows,
            sessions: HashMap.set(rows.sessions, session.id, session),
            refreshTokens: HashMap.set(rows.refreshTokens, token.hash, token),
          })
          const { revokedAt } = session
          return Result.succeed(
            revokedAt === null
              ? next
              : { ...next, revokedSessions: withRevoked(state.revokedSessions, [session.id], revokedAt) },
          )
        }),
      findByTokenForUpdate: (userId, hash) =>
        read((state) => {
          const rows = rowsOf(state, userId)
          if (rows === undefined) return Effect.succeedNone
          return Effect.succeed(
            Option.gen(function* () {
              const presented = yield* HashMap.get(rows.refreshTokens, hash)
              const session = yield* HashMap.get(rows.sessions, presented.sessionId)
              const successor =
                presented.replacement === null
                  ? null
                  : Option.getOrNull(HashMap.get(rows.refreshTokens, presented.replacement.hash))
              return { session, presented, successor }
            }),
          )
        }),
      rotate: (session, replaced, successor) =>
        write((state) => {
          const rows = ownedRows(state, session.userId)
          return Result.succeed(
            withRows(state, session.userId, {
              ...rows,
              sessions: HashMap.set(rows.sessions, session.id, session),
              refreshTokens: HashMap.set(
                HashMap.set(rows.refreshTokens, replaced.hash, replaced),
                successor.hash,
                successor,
              ),
            }),
          )
        }),
      list: (userId, current, at) =>
        read((state) => {
          const running = HashMap.toValues(
            rowsOf(state, userId)?.sessions ?? HashMap.empty<SessionId, Session>(),
          ).filter(({ revokedAt, expiresAt }) => revokedAt === null && expiresAt > at)
          const others = running.filter(({ id }) => id !== current).sort(byLastUse)
          return Effect.succeed([...running.filter(({ id }) => id === current), ...others.slice(0, maxListedSessions)])
        }),
      revoke: (userId, sessionId) =>
        Effect.flatMap(now, (at) =>
          modify((state) => {
            const [ids, next] = revokeWhere(state, userId, at, ({ id }) => id === sessionId)
            return Result.succeed([ids.length > 0, next] as const)
          }),
        ),
      revokeAll: (userId, except) =>
        Effect.flatMap(now, (at) =>
          modify((state) => Result.succeed(revokeWhere(state, userId, at, ({ id }) => id !== except))),
        ),
      revokedSince: (at) => read(({ revokedSessions }) => Effect.succeed(revokedSince(revokedSessions, at))),
      time: now,
    })
  }),
)
