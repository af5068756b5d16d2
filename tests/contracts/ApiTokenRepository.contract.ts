/** The contract suite of the `ApiTokenRepository` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer, Option } from "effect"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { SessionRepository } from "../../application/accounts/sessions/SessionRepository.ts"
import { ApiTokenRepository, minUseMillis } from "../../application/accounts/tokens/ApiTokenRepository.ts"
import { ApiTokenName } from "../../domain/accounts/ApiToken.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { plusMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"
import { skewsMillis, withClockSkew } from "../support/clockSkew.ts"
import { at, keepApiToken, keepUser, newApiTokenId, newTokenHash, newUserId } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

const daySeconds = 86_400

/** Registers the tests of every promise that an `ApiTokenRepository` makes. */
export const suite = (
  name: string,
  repositories: Layer.Layer<AccountRepository | ApiTokenRepository | SessionRepository, unknown>,
) =>
  layer(repositories, { excludeTestServices: true })(`ApiTokenRepository: ${name}`, (it) => {
    it.effect("gives back every field of a token under its hash, and nothing under another", () =>
      Effect.gen(function* () {
        const tokens = yield* ApiTokenRepository
        const userId = yield* keepUser
        const { hash, token } = yield* keepApiToken(userId, {
          name: ApiTokenName.make('He said "no" 🎉'),
          scopes: ["tasks:read", "tasks:write", "tasks:delete", "categories:write", "webhooks"],
          lastUsedAt: at(5),
        })
        const other = yield* keepApiToken(userId)
        expect(yield* tokens.findByHash(hash)).toStrictEqual(Option.some(token))
        expect(yield* tokens.findByHash(other.hash)).toStrictEqual(Option.some(other.token))
        expect(yield* tokens.findByHash(newTokenHash())).toStrictEqual(Option.none())
      }),
    )

    it.effect("lists the user's tokens that are valid at the time, the newest first", () =>
      Effect.gen(function* () {
        const tokens = yield* ApiTokenRepository
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const early = yield* keepApiToken(userId)
        const late = yield* keepApiToken(userId, { createdAt: at(1), expiresAt: at(2) })
        const later = yield* keepApiToken(userId, { createdAt: at(1), expiresAt: at(3) })
        yield* keepApiToken(other)
        expect(yield* tokens.list(userId, at(1))).toStrictEqual([later.token, late.token, early.token])
        expect(yield* tokens.list(userId, at(2))).toStrictEqual([later.token, early.token])
        expect(yield* tokens.list(userId, at(daySeconds))).toStrictEqual([])
        expect(yield* tokens.list(newUserId(), at(0))).toStrictEqual([])
        // An expired token is found, so that its holder is told the same as with a lookup in a cache.
        expect(yield* tokens.findByHash(late.hash)).toStrictEqual(Option.some(late.token))
      }),
    )

    it.effect("revokes a token once, and no other", () =>
      Effect.gen(function* () {
        const tokens = yield* ApiTokenRepository
        const userId = yield* keepUser
        const [one, other] = [yield* keepApiToken(userId), yield* keepApiToken(userId)]
        const revoked = yield* timesAtOnce(8, tokens.revoke(userId, one.token.id))
        expect(revoked.filter((wasThere) => wasThere)).toHaveLength(1)
        expect(yield* tokens.findByHash(one.hash)).toStrictEqual(Option.none())
        expect(yield* tokens.list(userId, at(0))).toStrictEqual([other.token])
      }),
    )

    it.effect("revokes no token of another user, and none that does not exist", () =>
      Effect.gen(function* () {
        const tokens = yield* ApiTokenRepository
        const [owner, other] = [yield* keepUser, yield* keepUser]
        const { hash, token } = yield* keepApiToken(owner)
        expect(yield* tokens.revoke(other, token.id)).toBe(false)
        expect(yield* tokens.revoke(owner, newApiTokenId())).toBe(false)
        expect(yield* tokens.findByHash(hash)).toStrictEqual(Option.some(token))
      }),
    )

    it.effect("revokes all tokens of one user, and returns their ids", () =>
      Effect.gen(function* () {
        const tokens = yield* ApiTokenRepository
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const ids = [(yield* keepApiToken(userId)).token.id, (yield* keepApiToken(userId)).token.id]
        const kept = yield* keepApiToken(other)
        expect([...(yield* tokens.revokeAll(userId))].sort()).toStrictEqual([...ids].sort())
        expect(yield* tokens.revokeAll(userId)).toStrictEqual([])
        expect(yield* tokens.list(userId, at(0))).toStrictEqual([])
        expect(yield* tokens.list(other, at(0))).toStrictEqual([kept.token])
      }),
    )

    it.effect("returns the revoked tokens of all users since a time of the store's clock, not of the process's", () =>
      Effect.gen(function* () {
        const tokens = yield* ApiTokenRepository
        const sessions = yield* SessionRepository
        for (const skewMillis of skewsMillis) {
          const [one, other] = [yield* keepUser, yield* keepUser]
          const [single, all, kept] = [
            (yield* keepApiToken(one)).token.id,
            (yield* keepApiToken(other)).token.id,
            (yield* keepApiToken(yield* keepUser)).token.id,
          ]
          const before = yield* sessions.time
          yield* Effect.andThen(tokens.revoke(one, single), tokens.revokeAll(other)).pipe(withClockSkew(skewMillis))
          const revoked = yield* tokens.revokedSince(before)
          expect([single, all, kept].map((id) => revoked.includes(id))).toStrictEqual([true, true, false])
          const later = yield* tokens.revokedSince(plusMillis(yield* sessions.time, 60_000))
          expect(later.includes(single)).toBe(false)
        }
      }),
    )

    it.effect("deletes an account's tokens with it, and still returns those that were revoked before", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const tokens = yield* ApiTokenRepository
        const sessions = yield* SessionRepository
        const userId = yield* keepUser
        const [revoked, left] = [yield* keepApiToken(userId), yield* keepApiToken(userId)]
        const before = yield* sessions.time
        yield* tokens.revoke(userId, revoked.token.id)
        yield* accounts.delete(userId)
        expect(yield* tokens.findByHash(left.hash)).toStrictEqual(Option.none())
        expect(yield* tokens.revokedSince(before)).toContain(revoked.token.id)
      }),
    )

    it.effect("records a use only if the stored one is a minute older", () =>
      Effect.gen(function* () {
        const tokens = yield* ApiTokenRepository
        const userId = yield* keepUser
        const [used, unused] = [yield* keepApiToken(userId), yield* keepApiToken(userId)]
        const use = (at: Timestamp, of: UserId = userId) =>
          Effect.andThen(
            tokens.recordUses([{ userId: of, tokenId: used.token.id, at }]),
            Effect.map(tokens.findByHash(used.hash), (token) => Option.getOrThrow(token).lastUsedAt),
          )
        expect(yield* use(at(10), yield* keepUser)).toBe(null)
        expect(yield* use(at(10))).toBe(at(10))
        expect(yield* use(plusMillis(at(10), minUseMillis - 1))).toBe(at(10))
        expect(yield* use(plusMillis(at(10), minUseMillis))).toBe(plusMillis(at(10), minUseMillis))
        // Processes write in any order.
        expect(yield* use(at(10))).toBe(plusMillis(at(10), minUseMillis))
        expect(yield* tokens.findByHash(unused.hash)).toStrictEqual(Option.some(unused.token))
      }),
    )

    it.effect("records many uses at once, from several processes, without those of revoked tokens", () =>
      Effect.gen(function* () {
        const tokens = yield* ApiTokenRepository
        const userId = yield* keepUser
        const kept = []
        for (let count = 0; count < 20; count++) kept.push(yield* keepApiToken(userId))
        const uses = kept.map(({ token }) => ({ userId, tokenId: token.id, at: at(1) }))
        yield* tokens.revoke(userId, kept[0]?.token.id ?? newApiTokenId())
        yield* timesAtOnce(8, Effect.andThen(tokens.recordUses(uses), tokens.recordUses(uses.toReversed())))
        yield* tokens.recordUses(uses)
        const listed = yield* tokens.list(userId, at(0))
        expect(listed.map(({ lastUsedAt }) => lastUsedAt)).toStrictEqual(Array.from({ length: 19 }, () => at(1)))
        yield* tokens.recordUses([])
      }),
    )
  })
