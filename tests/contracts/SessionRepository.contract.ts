/** The contract suite of the `SessionRepository` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer, Option } from "effect"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { maxListedSessions, SessionRepository } from "../../application/accounts/sessions/SessionRepository.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { type RefreshToken, refresh, type Session } from "../../domain/accounts/Session.ts"
import type { SessionId } from "../../domain/accounts/SessionId.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { plusMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"
import { skewsMillis, withClockSkew } from "../support/clockSkew.ts"
import { at, keepUser, makeSession, newSessionId, newTokenHash, newTokenSalt, newUserId } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

/** The id of a session that does not exist. */
const nowhere = newSessionId()

const policy = { lifetimeMillis: 60_000, reuseLeewayMillis: 0 }

const keepSession = Effect.fnUntraced(function* (userId: UserId) {
  const sessions = yield* SessionRepository
  const started = makeSession(userId)
  yield* sessions.insert(started.session, started.token)
  return started
})

/** Rotates the token as the domain does, and returns the three rows to store. */
const rotation = (session: Session, presented: RefreshToken, now: Timestamp) => {
  const next = { hash: newTokenHash(), salt: newTokenSalt() }
  const decision = refresh({ session, presented, successor: null }, next, policy, now)
  if (decision._tag !== "Rotated") throw new Error(`The fixture cannot rotate: ${decision._tag}`)
  return decision
}

/** Registers the tests of every promise that a `SessionRepository` makes. */
export const suite = (
  name: string,
  repositories: Layer.Layer<AccountRepository | SessionRepository | UnitOfWork, unknown>,
) =>
  layer(repositories, { excludeTestServices: true })(`SessionRepository: ${name}`, (it) => {
    it.effect("gives back every field of a session and its token", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        const { session, token } = yield* keepSession(yield* keepUser)
        expect(yield* sessions.findByTokenForUpdate(session.userId, token.hash)).toStrictEqual(
          Option.some({ session, presented: token, successor: null }),
        )
      }),
    )

    it.effect("finds a token under its own hash and its own user only", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        const [owner, other] = [yield* keepUser, yield* keepUser]
        const { token } = yield* keepSession(owner)
        yield* keepSession(other)
        expect(yield* sessions.findByTokenForUpdate(other, token.hash)).toStrictEqual(Option.none())
        expect(yield* sessions.findByTokenForUpdate(owner, newTokenHash())).toStrictEqual(Option.none())
      }),
    )

    it.effect("finds a replaced token with its successor", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        const userId = yield* keepUser
        const started = yield* keepSession(userId)
        const first = rotation(started.session, started.token, at(1))
        yield* sessions.rotate(first.session, first.replaced, first.successor)
        expect(yield* sessions.findByTokenForUpdate(userId, started.token.hash)).toStrictEqual(
          Option.some({ session: first.session, presented: first.replaced, successor: first.successor }),
        )
        expect(yield* sessions.findByTokenForUpdate(userId, first.successor.hash)).toStrictEqual(
          Option.some({ session: first.session, presented: first.successor, successor: null }),
        )

        const second = rotation(first.session, first.successor, at(2))
        yield* sessions.rotate(second.session, second.replaced, second.successor)
        expect(yield* sessions.findByTokenForUpdate(userId, started.token.hash)).toStrictEqual(
          Option.some({ session: second.session, presented: first.replaced, successor: second.replaced }),
        )
        expect(yield* sessions.findByTokenForUpdate(userId, second.successor.hash)).toStrictEqual(
          Option.some({ session: second.session, presented: second.successor, successor: null }),
        )
      }),
    )

    it.effect("rotates a token without changing the user's other sessions", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        const userId = yield* keepUser
        const one = yield* keepSession(userId)
        const other = yield* keepSession(userId)
        const rotated = rotation(one.session, one.token, at(1))
        yield* sessions.rotate(rotated.session, rotated.replaced, rotated.successor)
        yield* sessions.revoke(userId, one.session.id)
        expect(yield* sessions.findByTokenForUpdate(userId, other.token.hash)).toStrictEqual(
          Option.some({ session: other.session, presented: other.token, successor: null }),
        )
      }),
    )

    it.effect("lets one of 20 concurrent units of work rotate a token, and shows the rotation to the others", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        const { atomically } = yield* UnitOfWork
        const userId = yield* keepUser
        const { token } = yield* keepSession(userId)
        const attempt = atomically(
          Effect.gen(function* () {
            const held = Option.getOrThrow(yield* sessions.findByTokenForUpdate(userId, token.hash))
            const next = { hash: newTokenHash(), salt: newTokenSalt() }
            const decision = refresh(held, next, policy, at(1))
            yield* Effect.sleep("1 millis")
            if (decision._tag === "Rotated") {
              yield* sessions.rotate(decision.session, decision.replaced, decision.successor)
            }
            return decision._tag
          }),
        )
        const outcomes = yield* timesAtOnce(20, attempt)
        expect(outcomes.filter((outcome) => outcome === "Rotated").length).toBe(1)
        expect(outcomes.filter((outcome) => outcome === "ReuseDetected").length).toBe(19)
      }),
    )

    it.effect("lists the user's active sessions, the last used first", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const kept = [yield* keepSession(userId), yield* keepSession(userId), yield* keepSession(userId)]
        yield* keepSession(other)
        const [first, second, third] = kept
        if (first === undefined || second === undefined || third === undefined) throw new Error("there are three")
        const used = rotation(second.session, second.token, at(5))
        yield* sessions.rotate(used.session, used.replaced, used.successor)
        yield* sessions.revoke(userId, first.session.id)
        expect(yield* sessions.list(userId, nowhere, at(7))).toStrictEqual([used.session, third.session])
        // The third expires after a minute, the second a minute after its use.
        expect(yield* sessions.list(userId, nowhere, at(60))).toStrictEqual([used.session])
        expect(yield* sessions.list(userId, nowhere, at(65))).toStrictEqual([])
        expect(yield* sessions.list(newUserId(), nowhere, at(0))).toStrictEqual([])
      }),
    )

    it.effect("lists the current session first, then the 100 others that were last used", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        const userId = yield* keepUser
        const kept = []
        for (let count = 0; count <= maxListedSessions + 1; count++) kept.push(yield* keepSession(userId))
        const newestFirst = kept.map(({ session }) => session.id).reverse()
        const list = (current: SessionId) =>
          Effect.map(sessions.list(userId, current, at(1)), (listed) => listed.map(({ id }) => id))
        expect(yield* list(nowhere)).toStrictEqual(newestFirst.slice(0, maxListedSessions))
        for (const current of [newestFirst[0], newestFirst[7], newestFirst[maxListedSessions + 1]]) {
          if (current === undefined) throw new Error("there are 102")
          const others = newestFirst.filter((id) => id !== current)
          expect(yield* list(current)).toStrictEqual([current, ...others.slice(0, maxListedSessions)])
        }
      }),
    )

    it.effect("ends all of a user's sessions except one, and returns the ids of those it ended", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const started = [yield* keepSession(userId), yield* keepSession(userId), yield* keepSession(userId)]
        const [one, two, three] = started.map(({ session }) => session.id)
        if (one === undefined || two === undefined || three === undefined) throw new Error("there are three")
        const others = yield* keepSession(other)
        yield* sessions.revoke(userId, three)
        const before = yield* sessions.time
        expect(yield* sessions.revokeAll(userId, one)).toStrictEqual([two])
        expect((yield* sessions.list(userId, nowhere, at(3))).map(({ id }) => id)).toStrictEqual([one])
        expect(yield* sessions.revokeAll(userId, null)).toStrictEqual([one])
        expect(yield* sessions.revokeAll(userId, null)).toStrictEqual([])
        expect(yield* sessions.list(other, nowhere, at(6))).toStrictEqual([others.session])
        const ended = yield* sessions.revokedSince(before)
        expect([one, two].map((id) => ended.includes(id))).toStrictEqual([true, true])
      }),
    )

    it.effect("ends a session once: a later end does not change the first", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        const userId = yield* keepUser
        const { session, token } = yield* keepSession(userId)
        const stored = Effect.map(sessions.findByTokenForUpdate(userId, token.hash), Option.getOrThrow)
        expect(yield* sessions.revoke(userId, session.id)).toBe(true)
        const first = yield* stored
        yield* Effect.sleep("2 millis")
        expect(yield* sessions.revoke(userId, session.id)).toBe(false)
        expect(yield* stored).toStrictEqual(first)
        expect(first).toStrictEqual({
          session: { ...session, revokedAt: first.session.revokedAt },
          presented: token,
          successor: null,
        })
      }),
    )

    it.effect("ends no session of another user, and none that does not exist", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        const [owner, other] = [yield* keepUser, yield* keepUser]
        const { session, token } = yield* keepSession(owner)
        expect(yield* sessions.revoke(other, session.id)).toBe(false)
        expect(yield* sessions.revoke(owner, newSessionId())).toBe(false)
        expect(yield* sessions.findByTokenForUpdate(owner, token.hash)).toStrictEqual(
          Option.some({ session, presented: token, successor: null }),
        )
      }),
    )

    it.effect("returns the sessions of all users that were ended at or after a time", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        const ids = []
        // Far from the times of other tests, which may share the store.
        for (const second of [100_000, 100_010, 100_020]) {
          const { session, token } = makeSession(yield* keepUser)
          yield* sessions.insert({ ...session, revokedAt: at(second) }, token)
          ids.push(session.id)
        }
        const running = yield* keepSession(yield* keepUser)
        const ended = yield* sessions.revokedSince(at(100_010))
        expect(ids.map((id) => ended.includes(id))).toStrictEqual([false, true, true])
        expect(ended.includes(running.session.id)).toBe(false)
        expect(new Set(ended).size).toBe(ended.length)
      }),
    )

    it.effect("dates the end of a session by the store's clock, not by the process's", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        for (const skewMillis of skewsMillis) {
          const { session } = yield* keepSession(yield* keepUser)
          const others = yield* keepSession(session.userId)
          const deleted = yield* keepSession(yield* keepUser)
          const accounts = yield* AccountRepository
          const before = yield* sessions.time
          yield* Effect.gen(function* () {
            yield* sessions.revoke(session.userId, session.id)
            yield* sessions.revokeAll(session.userId, null)
            yield* accounts.delete(deleted.session.userId)
          }).pipe(withClockSkew(skewMillis))
          const ended = yield* sessions.revokedSince(before)
          for (const id of [session.id, others.session.id, deleted.session.id]) expect(ended).toContain(id)
          expect((yield* sessions.revokedSince(plusMillis(yield* sessions.time, 60_000))).includes(session.id)).toBe(
            false,
          )
        }
      }),
    )
  })
