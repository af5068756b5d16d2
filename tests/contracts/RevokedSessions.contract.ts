/** The contract suite of the `RevokedSessions` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { RevokedSessions } from "../../application/accounts/sessions/RevokedSessions.ts"
import { newSessionId } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"
import { type TimeControl, testTime, timedTests } from "../support/TimeControl.ts"

/**
 * Registers the tests of every promise that a `RevokedSessions` makes, given the lifetime of the access tokens. The
 * removal of old entries is no promise to a caller: no caller asks about a session after all its tokens have
 * expired.
 */
export const suite = (
  name: string,
  revokedSessions: Layer.Layer<RevokedSessions, unknown>,
  { lifetimeMillis, time = testTime }: { readonly lifetimeMillis: number; readonly time?: TimeControl },
) =>
  layer(revokedSessions, { excludeTestServices: time.excludeTestServices })(`RevokedSessions: ${name}`, (it) => {
    const test = timedTests(it, time)
    test("has the sessions that were revoked and no other", () =>
      Effect.gen(function* () {
        const sessions = yield* RevokedSessions
        const [one, other, running] = [newSessionId(), newSessionId(), newSessionId()]
        yield* sessions.revoke(one)
        yield* sessions.revoke(other)
        expect(yield* sessions.has(one)).toBe(true)
        expect(yield* sessions.has(other)).toBe(true)
        expect(yield* sessions.has(running)).toBe(false)
      }))

    test("has a session that was remembered, and no other", () =>
      Effect.gen(function* () {
        const sessions = yield* RevokedSessions
        const [one, running] = [newSessionId(), newSessionId()]
        yield* sessions.remember(one)
        expect(yield* sessions.has(one)).toBe(true)
        expect(yield* sessions.has(running)).toBe(false)
      }))

    test("accepts a session that is revoked several times at once", () =>
      Effect.gen(function* () {
        const sessions = yield* RevokedSessions
        const id = newSessionId()
        yield* timesAtOnce(20, sessions.revoke(id))
        expect(yield* sessions.has(id)).toBe(true)
      }))

    test("remembers a session as long as its access tokens could be valid", () =>
      Effect.gen(function* () {
        const sessions = yield* RevokedSessions
        const id = newSessionId()
        yield* sessions.revoke(id)
        for (let tenths = 0; tenths < 9; tenths++) {
          yield* time.pass(lifetimeMillis / 10)
          expect(yield* sessions.has(id)).toBe(true)
        }
      }))

    test("remembers a session that is revoked again from then on", () =>
      Effect.gen(function* () {
        const sessions = yield* RevokedSessions
        const id = newSessionId()
        yield* sessions.revoke(id)
        yield* time.pass(0.9 * lifetimeMillis)
        yield* sessions.revoke(id)
        yield* time.pass(0.9 * lifetimeMillis)
        expect(yield* sessions.has(id)).toBe(true)
      }))
  })
