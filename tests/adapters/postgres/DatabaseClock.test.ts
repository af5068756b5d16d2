/** Holds processes with wrong clocks to the database's time. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Layer, Schedule, Scope } from "effect"
import fc from "fast-check"
import * as CryptoSecrets from "../../../adapters/crypto/CryptoSecrets.ts"
import * as SigningKeys from "../../../adapters/crypto/SigningKeys.ts"
import * as MemoryEmailSender from "../../../adapters/memory/MemoryEmailSender.ts"
import * as MemorySharedState from "../../../adapters/memory/state/MemorySharedState.ts"
import * as DatabaseClock from "../../../adapters/postgres/client/DatabaseClock.ts"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { authenticate } from "../../../application/accounts/sessions/Authenticate.ts"
import { RefreshPolicy } from "../../../application/accounts/sessions/RefreshPolicy.ts"
import { refreshSession } from "../../../application/accounts/sessions/RefreshSession.ts"
import { SessionRepository } from "../../../application/accounts/sessions/SessionRepository.ts"
import { Outbox } from "../../../application/outbox/Outbox.ts"
import type { Ports } from "../../../application/Ports.ts"
import { now } from "../../../application/shared/Now.ts"
import { plusMillis, toMillis } from "../../../domain/shared/Timestamp.ts"
import { registerUser } from "../../support/accounts.ts"
import { skewedClock, skewsMillis } from "../../support/clockSkew.ts"
import { clientOn, describeOnPostgres, freshRepositories, TestSchema } from "../../support/postgres.ts"

const leewayMillis = 120_000

/** A process of its own on the schema, on a machine with a clock that differs by what the function returns. */
const startProcess = Effect.fnUntraced(function* (keys: SigningKeys.SigningKeys, skewMillis: () => number) {
  const schema = yield* TestSchema
  const clock = skewedClock(yield* Clock.Clock, skewMillis)
  const accessTokens = { keys, issuer: "test", audience: "test", lifetimeMillis: 3_600_000 }
  const process = Layer.mergeAll(MemorySharedState.layer, MemoryEmailSender.layer, PostgresRepositories.layer).pipe(
    Layer.provideMerge(CryptoSecrets.layer({ accessTokens })),
    Layer.provideMerge(DatabaseClock.layer),
    Layer.provideMerge(clientOn()),
    Layer.provideMerge(Layer.succeed(RefreshPolicy, { lifetimeMillis: 604_800_000, reuseLeewayMillis: leewayMillis })),
    Layer.provide(Layer.succeed(TestSchema, schema)),
    Layer.provide(Layer.succeed(Clock.Clock, clock)),
  )
  const context = yield* Layer.buildWithScope(Layer.fresh(process), yield* Scope.Scope)
  return <A, E>(effect: Effect.Effect<A, E, Ports>) => Effect.provideContext(effect, context)
})

/** The difference between the process's time and the database's, in milliseconds. */
const difference = Effect.gen(function* () {
  const { time } = yield* SessionRepository
  return Math.abs(toMillis(yield* now) - toMillis(yield* time))
})

/** Far more than a busy machine delays a statement, and far less than the clocks differ. */
const nearlyMillis = 60_000

describe("the difference between two clocks", () => {
  it("lies within the measured bounds, and stays while it does", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.nat(), (offset, least, width) => {
        const next = DatabaseClock.nextOffset(offset, least, least + width)
        expect(next >= least && next <= least + width).toBe(true)
        if (offset >= least && offset <= least + width) expect(next).toBe(offset)
      }),
    )
  })
})

describeOnPostgres("processes whose clocks differ by minutes", () => {
  const run = <A, E>(
    test: (
      start: (skewMillis: number | (() => number)) => Effect.Effect<Effect.Success<ReturnType<typeof startProcess>>>,
    ) => Effect.Effect<A, E>,
  ) =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys.generate
      const context = yield* Effect.context<TestSchema | Scope.Scope>()
      return yield* test((skew) =>
        Effect.provideContext(Effect.orDie(startProcess(keys, typeof skew === "number" ? () => skew : skew)), context),
      )
    }).pipe(Effect.scoped, Effect.provide(freshRepositories()))

  it.live("use the database's time, from the start and after their own clock was set", () =>
    run((start) =>
      Effect.gen(function* () {
        for (const skew of skewsMillis) {
          let set = skew
          const on = yield* start(() => set)
          expect(yield* on(difference)).toBeLessThan(nearlyMillis)
          set = -skew
          yield* on(difference).pipe(
            Effect.filterOrFail((apart) => apart < nearlyMillis),
            Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 600 }))),
          )
        }
      }),
    ),
  )

  it.live("accept each other's access tokens, and a replaced refresh token within its leeway", () =>
    run((start) =>
      Effect.gen(function* () {
        const [ahead, behind] = [yield* start(skewsMillis[1]), yield* start(skewsMillis[0])]
        for (const [one, other] of [
          [ahead, behind],
          [behind, ahead],
        ] as const) {
          const { account, tokens } = yield* one(registerUser)
          expect((yield* other(authenticate(tokens))).userId).toBe(account.id)
          const { refreshToken } = yield* one(refreshSession(tokens))
          expect((yield* other(refreshSession(tokens))).refreshToken).toBe(refreshToken)
        }
      }),
    ),
  )

  it.live("claim an email that another process queued, and none that another has claimed", () =>
    run((start) =>
      Effect.gen(function* () {
        const [ahead, behind] = [yield* start(skewsMillis[1]), yield* start(skewsMillis[0])]
        const claim = Effect.gen(function* () {
          const outbox = yield* Outbox
          const at = yield* now
          return (yield* outbox.claim({ at, until: plusMillis(at, 120_000), limit: 10 })).length
        })
        for (const [one, other] of [
          [ahead, behind],
          [behind, ahead],
        ] as const) {
          yield* one(registerUser)
          // Due within the span by which the two differ.
          const claimed = yield* other(claim).pipe(
            Effect.filterOrFail((count) => count > 0),
            Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 100 }))),
          )
          expect(claimed).toBe(1)
          expect(yield* one(claim)).toBe(0)
        }
      }),
    ),
  )
})
