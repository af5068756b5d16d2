import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Ref } from "effect"
import { TestClock } from "effect/testing"
import * as MemoryGuards from "../../adapters/memory/MemoryGuards.ts"
import { authenticate } from "../../application/accounts/Authenticate.ts"
import { followEndedSessions } from "../../application/accounts/FollowEndedSessions.ts"
import { logOut } from "../../application/accounts/LogOut.ts"
import { SessionRepository } from "../../application/accounts/SessionRepository.ts"
import { now } from "../../application/shared/Now.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { memory } from "../../bootstrap/memory.ts"
import { registerUser } from "../support/accounts.ts"

/** Another process on the same store: its guards know nothing of what this one's learned. */
const inAnotherProcess = Effect.provide(Layer.fresh(MemoryGuards.layer))

const isSignedOut = (tokens: { readonly accessToken: string }) =>
  Effect.map(Effect.result(authenticate(tokens)), ({ _tag }) => _tag === "Failure")

layer(memory)("followEndedSessions", (it) => {
  it.effect("learns what other processes ended before and after this one started", () =>
    Effect.gen(function* () {
      const [before, after, running] = [yield* registerUser, yield* registerUser, yield* registerUser]
      yield* logOut(yield* authenticate(before.tokens))
      yield* TestClock.adjust("30 minutes")
      yield* Effect.gen(function* () {
        assert.isFalse(yield* isSignedOut(before.tokens))
        yield* followEndedSessions
        assert.isTrue(yield* isSignedOut(before.tokens))

        const sessions = yield* SessionRepository
        const { sessionId, userId } = yield* authenticate(after.tokens)
        yield* sessions.end(userId, sessionId, yield* now)
        assert.isFalse(yield* isSignedOut(after.tokens))
        yield* TestClock.adjust("500 millis")
        assert.isTrue(yield* isSignedOut(after.tokens))
        assert.isFalse(yield* isSignedOut(running.tokens))
      }).pipe(inAnotherProcess)
    }),
  )

  it.effect("learns late what a process with a slow clock ended", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      yield* Effect.gen(function* () {
        yield* followEndedSessions
        const sessions = yield* SessionRepository
        const { sessionId, userId } = yield* authenticate(tokens)
        const itsNow = yield* now
        yield* TestClock.adjust("30 seconds")
        yield* sessions.end(userId, sessionId, itsNow)
        yield* TestClock.adjust("1 second")
        assert.isTrue(yield* isSignedOut(tokens))
      }).pipe(inAnotherProcess)
    }),
  )

  it.effect("goes on after the database was away", () =>
    Effect.gen(function* () {
      const { tokens } = yield* registerUser
      const sessions = yield* SessionRepository
      const isAway = yield* Ref.make(false)
      const unsteady = SessionRepository.of({
        ...sessions,
        endedSince: (at) =>
          Effect.flatMap(Ref.get(isAway), (away) =>
            away
              ? Effect.die(new Unavailable({ what: "the database", retryAfterSeconds: 1 }))
              : sessions.endedSince(at),
          ),
      })
      yield* Effect.gen(function* () {
        yield* followEndedSessions
        yield* Ref.set(isAway, true)
        const { sessionId, userId } = yield* authenticate(tokens)
        yield* sessions.end(userId, sessionId, yield* now)
        yield* TestClock.adjust("3 seconds")
        assert.isFalse(yield* isSignedOut(tokens))
        yield* Ref.set(isAway, false)
        yield* TestClock.adjust("1 second")
        assert.isTrue(yield* isSignedOut(tokens))
      }).pipe(inAnotherProcess, Effect.provideService(SessionRepository, unsteady))
    }),
  )
})
