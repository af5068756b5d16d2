/** Holds a process to the sessions that other processes revoke, and to its trust bound during outages. */
import { expect, layer } from "@effect/vitest"
import { Cause, Clock, Effect, Exit, Fiber, Layer, Ref } from "effect"
import { TestClock } from "effect/testing"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { logOut } from "../../application/accounts/sessions/LogOut.ts"
import { SessionRepository } from "../../application/accounts/sessions/SessionRepository.ts"
import { syncRevokedSessions } from "../../application/accounts/sessions/SyncRevokedSessions.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { registerUser } from "../support/accounts.ts"
import { skewedClock, skewsMillis, withClockSkew } from "../support/clockSkew.ts"

interface Tokens {
  readonly accessToken: string
}

/** Runs as another process on the same store, with ephemeral stores that know nothing of this one's. */
const inAnotherProcess = Effect.provide(Layer.fresh(MemorySharedState.layer))
const following = Effect.provide(syncRevokedSessions)

/** What a process decides about a request with these tokens. */
const answerTo = (tokens: Tokens) =>
  Effect.map(Effect.exit(authenticate(tokens)), (exit) => {
    if (Exit.isSuccess(exit)) return "trusted"
    if (Cause.hasFails(exit.cause)) return "refused"
    return Cause.squash(exit.cause) instanceof Unavailable ? "unavailable" : "broken"
  })

/** As `answerTo`, while the clock advances until there is a decision, because a timeout of a read needs the clock. */
const answerInTime = Effect.fnUntraced(function* (tokens: Tokens) {
  const answer = yield* Effect.forkChild(answerTo(tokens))
  while (answer.pollUnsafe() === undefined) {
    yield* TestClock.adjust("1 second")
    yield* TestClock.withLive(Effect.sleep("1 millis"))
  }
  return yield* Fiber.join(answer)
})

const isSignedOut = (tokens: Tokens) => Effect.map(answerTo(tokens), (answer) => answer === "refused")

/** Revokes the session as another process does, without a message to this one. */
const endElsewhere = Effect.fnUntraced(function* (tokens: Tokens) {
  const sessions = yield* SessionRepository
  const { sessionId, userId } = yield* authenticate(tokens)
  return Effect.asVoid(sessions.revoke(userId, sessionId))
})

/** A store behind a connection that the test can interrupt. Records the time from which each read starts. */
const makeUnsteady = Effect.gen(function* () {
  const sessions = yield* SessionRepository
  const state = yield* Ref.make<"there" | "away" | "silent">("there")
  const looks: Array<Timestamp> = []
  const whenThere = <A>(effect: Effect.Effect<A>) =>
    Effect.flatMap(Ref.get(state), (now) => {
      if (now === "silent") return Effect.never
      return now === "there"
        ? effect
        : Effect.die(new Unavailable({ dependency: "the database", retryAfterMillis: 1_000 }))
    })
  const unsteady = SessionRepository.of({
    ...sessions,
    time: whenThere(sessions.time),
    revokedSince: (at) =>
      whenThere(
        Effect.andThen(
          Effect.sync(() => looks.push(at)),
          sessions.revokedSince(at),
        ),
      ),
  })
  return { unsteady, looks, set: (now: "there" | "away" | "silent") => Ref.set(state, now) }
})

layer(memory)("syncRevokedSessions", (it) => {
  it.effect("learns what other processes ended before and after this one started", () =>
    Effect.gen(function* () {
      const [before, after, running] = [yield* registerUser, yield* registerUser, yield* registerUser]
      yield* logOut(yield* authenticate(before.tokens))
      yield* TestClock.adjust("30 minutes")
      yield* Effect.gen(function* () {
        expect(yield* isSignedOut(before.tokens)).toBe(false)
        yield* Effect.gen(function* () {
          expect(yield* isSignedOut(before.tokens)).toBe(true)
          yield* yield* endElsewhere(after.tokens)
          expect(yield* isSignedOut(after.tokens)).toBe(false)
          yield* TestClock.adjust("500 millis")
          expect(yield* isSignedOut(after.tokens)).toBe(true)
          expect(yield* isSignedOut(running.tokens)).toBe(false)
        }).pipe(following)
      }).pipe(inAnotherProcess)
    }),
  )

  it.effect("learns what a process ended whose clock is minutes wrong, and with a wrong clock itself", () =>
    Effect.gen(function* () {
      for (const theirs of skewsMillis) {
        for (const ours of [0, ...skewsMillis]) {
          const { tokens } = yield* registerUser
          const clock = skewedClock(yield* Clock.Clock, () => ours)
          yield* Effect.gen(function* () {
            const end = yield* endElsewhere(tokens)
            yield* end.pipe(withClockSkew(theirs))
            yield* TestClock.adjust("1 second")
            expect(yield* isSignedOut(tokens)).toBe(true)
          }).pipe(
            Effect.provide(syncRevokedSessions.pipe(Layer.provide(Layer.succeed(Clock.Clock, clock)))),
            inAnotherProcess,
          )
        }
      }
    }),
  )

  it.effect(
    "learns at its start what ended before a token's lifetime ago, since the clock of its issuer may be ahead",
    () =>
      Effect.gen(function* () {
        const [skewMillis] = skewsMillis.filter((millis) => millis > 0)
        const ahead = withClockSkew(skewMillis ?? 0)
        const [ended, running] = [yield* ahead(registerUser), yield* ahead(registerUser)]
        yield* ahead(Effect.flatten(endElsewhere(ended.tokens)))
        yield* TestClock.adjust("65 minutes")
        yield* Effect.gen(function* () {
          expect(yield* answerTo(running.tokens)).toBe("trusted")
          expect(yield* answerTo(ended.tokens)).toBe("refused")
        }).pipe(following, inAnotherProcess)
      }),
  )

  it.effect("looks back to its last successful look, however long ago that was", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      const { looks, set, unsteady } = yield* makeUnsteady
      yield* Effect.gen(function* () {
        const { time } = yield* SessionRepository
        const end = yield* endElsewhere(tokens)
        const lastLook = yield* time
        yield* set("away")
        yield* end
        yield* TestClock.adjust("45 minutes")
        yield* set("there")
        yield* TestClock.adjust("500 millis")
        expect(yield* isSignedOut(tokens)).toBe(true)
        expect((looks.at(-1) ?? lastLook) <= lastLook).toBe(true)
        yield* TestClock.adjust("500 millis")
        expect((looks.at(-1) ?? lastLook) > lastLook).toBe(true)
      }).pipe(following, inAnotherProcess, Effect.provideService(SessionRepository, unsteady))
    }),
  )

  it.effect.each(["away", "silent"] as const)(
    "trusts no token, old or new, ten seconds after its store went %s",
    (state) =>
      Effect.gen(function* () {
        const old = yield* registerUser
        const { set, unsteady } = yield* makeUnsteady
        yield* Effect.gen(function* () {
          yield* set(state)
          yield* TestClock.adjust("9 seconds")
          expect(yield* answerTo(old.tokens)).toBe("trusted")
          yield* TestClock.adjust("2 seconds")
          const young = yield* registerUser
          for (const { tokens } of [old, young]) {
            expect(yield* answerInTime(tokens)).toBe("unavailable")
          }
          yield* set("there")
          for (const { tokens } of [old, young]) expect(yield* answerInTime(tokens)).toBe("trusted")
        }).pipe(following, inAnotherProcess, Effect.provideService(SessionRepository, unsteady))
      }),
  )

  it.effect.each([
    { what: "was stopped", wall: 75_000, monotonic: 75_000 },
    { what: "was suspended with its machine, whose monotonic clock stood still", wall: 75_000, monotonic: 0 },
    { what: "was stopped while its clock was set back", wall: -30_000, monotonic: 75_000 },
    { what: "has its clock set back", wall: -30_000, monotonic: 0 },
  ])("asks the store at the first request of a process that $what", ({ monotonic, wall }) =>
    Effect.gen(function* () {
      const [ended, running] = [yield* registerUser, yield* registerUser]
      const jump = { wall: 0, monotonic: 0 }
      const clock = yield* Clock.Clock
      const jumping = skewedClock(
        clock,
        () => jump.wall,
        () => jump.monotonic,
      )
      yield* Effect.gen(function* () {
        yield* yield* endElsewhere(ended.tokens)
        // No timer fires, because the timers of a stopped process fire late.
        jump.wall = wall
        jump.monotonic = monotonic
        expect(yield* answerTo(ended.tokens)).toBe("refused")
        expect(yield* answerTo(running.tokens)).toBe("trusted")
      }).pipe(following, inAnotherProcess, Effect.provideService(Clock.Clock, jumping))
    }),
  )
})
