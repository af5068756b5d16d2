/** The contract suite of the `RevokedSessions` port, which every adapter of it runs. */
import { assert, layer } from "@effect/vitest"
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
  endedSessions: Layer.Layer<RevokedSessions, unknown>,
  { lifetimeMillis, time = testTime }: { readonly lifetimeMillis: number; readonly time?: TimeControl },
) =>
  layer(endedSessions, { excludeTestServices: time.excludeTestServices })(`EndedSessions: ${name}`, (it) => {
    const test = timedTests(it, time)
    test("knows the sessions that were added and no other", () =>
      Effect.gen(function* () {
        const ended = yield* RevokedSessions
        const [one, other, running] = [newSessionId(), newSessionId(), newSessionId()]
        yield* ended.revoke(one)
        yield* ended.revoke(other)
        assert.isTrue(yield* ended.has(one))
        assert.isTrue(yield* ended.has(other))
        assert.isFalse(yield* ended.has(running))
      }))

    test("knows the sessions that it learned", () =>
      Effect.gen(function* () {
        const ended = yield* RevokedSessions
        const [one, running] = [newSessionId(), newSessionId()]
        yield* ended.remember(one)
        assert.isTrue(yield* ended.has(one))
        assert.isFalse(yield* ended.has(running))
      }))

    test("takes a session any number of times", () =>
      Effect.gen(function* () {
        const ended = yield* RevokedSessions
        const id = newSessionId()
        yield* timesAtOnce(20, ended.revoke(id))
        assert.isTrue(yield* ended.has(id))
      }))

    test("remembers a session as long as an access token of it could be good", () =>
      Effect.gen(function* () {
        const ended = yield* RevokedSessions
        const id = newSessionId()
        yield* ended.revoke(id)
        for (let tenths = 0; tenths < 9; tenths++) {
          yield* time.pass(lifetimeMillis / 10)
          assert.isTrue(yield* ended.has(id))
        }
      }))

    test("remembers a session that is added again from then on", () =>
      Effect.gen(function* () {
        const ended = yield* RevokedSessions
        const id = newSessionId()
        yield* ended.revoke(id)
        yield* time.pass(0.9 * lifetimeMillis)
        yield* ended.revoke(id)
        yield* time.pass(0.9 * lifetimeMillis)
        assert.isTrue(yield* ended.has(id))
      }))
  })
