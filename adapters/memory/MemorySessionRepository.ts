import { Effect, HashMap, Layer, Option, Result } from "effect"
import { SessionRepository } from "../../application/accounts/SessionRepository.ts"
import { end } from "../../domain/accounts/Session.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { type EndedSession, MemoryStore, ownedRows, rowsOf, type UserRows, withRows } from "./MemoryStore.ts"

/** How many ended sessions are told to those who ask across users: the latest. */
const endedLimit = 100_000

/** The rows without what has expired, which nothing can be had for any more. */
const withoutExpired = (rows: UserRows, now: Timestamp): UserRows => ({
  ...rows,
  sessions: HashMap.filter(rows.sessions, ({ expiresAt }) => expiresAt > now),
  refreshTokens: HashMap.filter(rows.refreshTokens, ({ expiresAt }) => expiresAt > now),
})

/** Where in the list those begin that ended at the time or later. */
const indexOfEndedSince = (ended: ReadonlyArray<EndedSession>, since: Timestamp): number => {
  let low = 0
  let high = ended.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const endedAt = ended[middle]?.endedAt
    if (endedAt !== undefined && endedAt < since) low = middle + 1
    else high = middle
  }
  return low
}

const withEnded = (ended: ReadonlyArray<EndedSession>, session: EndedSession): ReadonlyArray<EndedSession> =>
  ended.toSpliced(indexOfEndedSince(ended, session.endedAt), 0, session).slice(-endedLimit)

/** Sessions and their refresh tokens in the memory store, by user. A login forgets the user's expired ones. */
export const layer: Layer.Layer<SessionRepository, never, MemoryStore> = Layer.effect(
  SessionRepository,
  Effect.gen(function* () {
    const { read, write } = yield* MemoryStore
    return SessionRepository.of({
      insert: (session, token) =>
        write((state) => {
          const rows = withoutExpired(ownedRows(state, session.userId), session.createdAt)
          return Result.succeed(
            withRows(state, session.userId, {
              ...rows,
              sessions: HashMap.set(rows.sessions, session.id, session),
              refreshTokens: HashMap.set(rows.refreshTokens, token.hash, token),
            }),
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
      end: (userId, sessionId, at) =>
        write((state) => {
          const rows = rowsOf(state, userId)
          const session = rows && Option.getOrUndefined(HashMap.get(rows.sessions, sessionId))
          if (rows === undefined || session === undefined || session.endedAt !== null) return Result.succeed(state)
          return Result.succeed({
            ...withRows(state, userId, {
              ...rows,
              sessions: HashMap.set(rows.sessions, sessionId, end(session, at)),
            }),
            endedSessions: withEnded(state.endedSessions, { sessionId, endedAt: at }),
          })
        }),
      endedSince: (at) =>
        read(({ endedSessions }) =>
          Effect.succeed(endedSessions.slice(indexOfEndedSince(endedSessions, at)).map(({ sessionId }) => sessionId)),
        ),
    })
  }),
)
