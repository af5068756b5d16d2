/** Holds the verification of API tokens to its looks at the store, to revocations, and to the record of uses. */
import { expect, layer } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Option, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import { makeIsRevoked } from "../../application/accounts/sessions/Authenticate.ts"
import { syncRevokedSessions } from "../../application/accounts/sessions/SyncRevokedSessions.ts"
import { makeVerifyApiToken } from "../../application/accounts/sessions/VerifyApiToken.ts"
import { ApiTokenRepository, type ApiTokenUse } from "../../application/accounts/tokens/ApiTokenRepository.ts"
import { ApiTokenSecrets } from "../../application/accounts/tokens/ApiTokenSecrets.ts"
import { CreateApiToken, createApiToken } from "../../application/accounts/tokens/CreateApiToken.ts"
import { revokeApiToken } from "../../application/accounts/tokens/RevokeApiToken.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { read } from "../support/decoding.ts"
import { keepUser } from "../support/entities.ts"

const create = (userId: UserId, lifetimeDays = 1) =>
  createApiToken(read(CreateApiToken)({ userId, name: "a program", scopes: ["tasks:read"], lifetimeDays }))

const origin = () => "192.0.2.1"

/** Makes a verification on a store that counts the looks at it, and records what is written to it. */
const makeCounted = Effect.gen(function* () {
  const tokens = yield* ApiTokenRepository
  const looks: Array<string> = []
  const writes: Array<ReadonlyArray<ApiTokenUse>> = []
  const state = { isAway: false, look: Effect.void as Effect.Effect<void> }
  const counted = ApiTokenRepository.of({
    ...tokens,
    findByHash: (hash) =>
      Effect.suspend(() => {
        looks.push(hash)
        return Effect.andThen(state.look, tokens.findByHash(hash))
      }),
    recordUses: (uses) =>
      Effect.suspend(() => {
        if (state.isAway) return Effect.die(new Error("the store is away"))
        writes.push(uses)
        return tokens.recordUses(uses)
      }),
  })
  const scope = yield* Scope.make()
  const verify = yield* makeVerifyApiToken.pipe(
    Effect.provideService(ApiTokenRepository, counted),
    Scope.provide(scope),
  )
  const answerTo = (secret: string, from = origin) =>
    Effect.map(Effect.result(verify(secret, from)), ({ _tag }) => _tag)
  return { verify, answerTo, looks, writes, state, stop: Scope.close(scope, Exit.void) }
})

layer(memory)("verifying an API token", (it) => {
  it.effect("looks a token up once for five minutes, also for requests at the same time", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { secret, token } = yield* create(userId)
      const { looks, verify } = yield* makeCounted
      const identities = yield* Effect.all(
        Array.from({ length: 20 }, () => verify(secret, origin)),
        { concurrency: "unbounded" },
      )
      expect(identities[19]).toMatchObject({
        _tag: "ApiToken",
        userId,
        tokenId: token.id,
        name: "a program",
        scopes: ["tasks:read"],
      })
      yield* TestClock.adjust("4 minutes")
      yield* verify(secret, origin)
      expect(looks).toHaveLength(1)
      yield* TestClock.adjust("61 seconds")
      yield* verify(secret, origin)
      expect(looks).toHaveLength(2)
    }),
  )

  it.effect("refuses a text that cannot be a secret without a look", () =>
    Effect.gen(function* () {
      const { answerTo, looks } = yield* makeCounted
      const { secret } = yield* (yield* ApiTokenSecrets).make
      const wrong = `${secret.slice(0, -1)}${secret.endsWith("0") ? "1" : "0"}`
      for (const text of [wrong, "twk_", `${secret} `]) expect(yield* answerTo(text)).toBe("Failure")
      expect(looks).toEqual([])
    }),
  )

  it.effect("refuses a token from the moment when it expires, although it was read before", () =>
    Effect.gen(function* () {
      const { secret } = yield* create(yield* keepUser)
      const { answerTo } = yield* makeCounted
      yield* TestClock.adjust("1439 minutes")
      expect(yield* answerTo(secret)).toBe("Success")
      yield* TestClock.adjust("1 minutes")
      expect(yield* answerTo(secret)).toBe("Failure")
    }),
  )

  it.effect("refuses a token at once when this process revokes it, even if it is being read at that time", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { secret, token } = yield* create(userId)
      const { answerTo, looks, state } = yield* makeCounted
      // The token was found, but the answer is on its way while it is revoked.
      const [found, gate] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      state.look = Effect.andThen(Deferred.succeed(found, undefined), Deferred.await(gate))
      const answer = yield* Effect.forkChild(answerTo(secret))
      yield* Deferred.await(found)
      yield* revokeApiToken({ userId, tokenId: token.id })
      yield* Deferred.succeed(gate, undefined)
      expect(yield* Fiber.join(answer)).toBe("Failure")
      state.look = Effect.void
      expect(yield* answerTo(secret)).toBe("Failure")
      expect(looks.length).toBeLessThanOrEqual(2)
    }).pipe(
      Effect.provide(
        // A store that answers with what it read before the revocation.
        Layer.effect(
          ApiTokenRepository,
          Effect.map(ApiTokenRepository, (tokens) => {
            const seen = new Map<string, Effect.Success<ReturnType<typeof tokens.findByHash>>>()
            return {
              ...tokens,
              insert: (token, hash) =>
                Effect.tap(
                  tokens.insert(token, hash),
                  Effect.sync(() => seen.set(hash, Option.some(token))),
                ),
              findByHash: (hash) => Effect.sync(() => seen.get(hash) ?? Option.none()),
            }
          }),
        ),
      ),
    ),
  )

  it.effect("refuses a token that another process revoked as soon as this one has read the revocations", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { secret, token } = yield* create(userId)
      const tokens = yield* ApiTokenRepository
      yield* Effect.gen(function* () {
        const { answerTo, verify } = yield* makeCounted
        const isRevoked = yield* makeIsRevoked
        const identity = yield* verify(secret, origin)
        // Another process does not tell this one.
        yield* tokens.revoke(userId, token.id)
        expect([yield* answerTo(secret), yield* isRevoked(identity)]).toEqual(["Success", false])
        yield* TestClock.adjust("500 millis")
        expect([yield* answerTo(secret), yield* isRevoked(identity)]).toEqual(["Failure", true])
      }).pipe(Effect.provide(syncRevokedSessions), Effect.provide(Layer.fresh(MemorySharedState.layer)))
    }),
  )

  it.effect("looks up no more than 20 unknown tokens of an origin in a minute, and those of others all the same", () =>
    Effect.gen(function* () {
      const secrets = yield* ApiTokenSecrets
      const [known, fresh] = [yield* create(yield* keepUser), yield* create(yield* keepUser)]
      const { answerTo, looks, verify } = yield* makeCounted
      expect(yield* answerTo(known.secret)).toBe("Success")
      for (let count = 0; count < 30; count++) yield* answerTo((yield* secrets.make).secret)
      expect(looks).toHaveLength(21)
      // What was read before still counts, and what was not read is told to wait.
      expect(yield* answerTo(known.secret)).toBe("Success")
      const error = yield* Effect.flip(verify(fresh.secret, origin))
      expect(error).toMatchObject({ _tag: "TooManyUnknownTokens", retryAfterMillis: 60_000 })
      expect(yield* answerTo(fresh.secret, () => "192.0.2.2")).toBe("Success")
      yield* TestClock.adjust("1 minutes")
      expect(yield* answerTo((yield* secrets.make).secret)).toBe("Failure")
      expect(looks).toHaveLength(23)
    }),
  )

  it.effect("writes uses apart from requests, one a minute and token, and the waiting ones at the end", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const [one, other] = [yield* create(userId), yield* create(userId)]
      const { stop, verify, writes } = yield* makeCounted
      for (let count = 0; count < 10; count++) yield* verify(one.secret, origin)
      expect(writes).toEqual([])
      yield* TestClock.adjust("5 seconds")
      expect(writes.map((uses) => uses.map(({ tokenId }) => tokenId))).toEqual([[one.token.id]])
      for (let second = 0; second < 54; second++) {
        yield* verify(one.secret, origin)
        yield* TestClock.adjust("1 seconds")
      }
      expect(writes).toHaveLength(1)
      yield* TestClock.adjust("1 seconds")
      yield* verify(one.secret, origin)
      yield* verify(other.secret, origin)
      yield* stop
      expect(writes.map((uses) => uses.map(({ tokenId }) => tokenId))).toEqual([
        [one.token.id],
        [one.token.id, other.token.id],
      ])
      yield* TestClock.adjust("1 hours")
      expect(writes).toHaveLength(2)
    }),
  )

  it.effect("writes uses when the store is back, and delays neither a request nor the end for it", () =>
    Effect.gen(function* () {
      const { secret, token } = yield* create(yield* keepUser)
      const { state, stop, verify, writes } = yield* makeCounted
      state.isAway = true
      yield* verify(secret, origin)
      yield* TestClock.adjust("30 seconds")
      expect(writes).toEqual([])
      state.isAway = false
      yield* TestClock.adjust("5 seconds")
      expect(writes.map(([use]) => use?.tokenId)).toEqual([token.id])
      state.isAway = true
      yield* TestClock.adjust("1 minutes")
      yield* verify(secret, origin)
      yield* stop
    }),
  )
})
