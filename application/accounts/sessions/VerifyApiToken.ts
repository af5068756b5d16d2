/** Verifies API tokens, each with one look at the store for many requests. */
import { Cache, Clock, Effect, Option } from "effect"
import { InvalidAccessToken } from "../../../domain/accounts/AccountErrors.ts"
import { TooManyUnknownTokens } from "../../../domain/accounts/ApiTokenErrors.ts"
import { type ApiTokenIdentity, Identity } from "../../../domain/accounts/Identity.ts"
import type { TokenHash } from "../../../domain/accounts/TokenHash.ts"
import { fromMillis, toMillis } from "../../../domain/shared/Timestamp.ts"
import { monotonicMillis } from "../../shared/MonotonicTime.ts"
import { ApiTokenRepository, minUseMillis } from "../tokens/ApiTokenRepository.ts"
import { ApiTokenSecrets } from "../tokens/ApiTokenSecrets.ts"
import { makeTokenUses } from "../tokens/RecordTokenUses.ts"
import { RevokedApiTokens, trustedMillis } from "../tokens/RevokedApiTokens.ts"
import { makeUnknownTokens } from "../tokens/UnknownTokens.ts"
import { RevocationSync } from "./RevocationSync.ts"

/** The maximum number of tokens that are remembered; the others are looked up again. */
const maxCachedTokens = 10_000

/** A token as it was read from the store. */
interface KnownToken {
  readonly identity: ApiTokenIdentity
  readonly expiresAtMillis: number
  /** The last use that was noted. */
  usedAtMillis: number
}

/**
 * Returns the function that verifies the secret of a token. `origin` names the sender, for instance by its address: it is
 * called only if the token was not read before. A
 * text that cannot be a secret is refused without a look at the store. After 20 unknown tokens within a minute, an origin
 * has to wait before another one is looked up. A token that was read is trusted for five minutes, unless it is revoked.
 */
export const makeVerifyApiToken = Effect.gen(function* () {
  const tokens = yield* ApiTokenRepository
  const secrets = yield* ApiTokenSecrets
  const revoked = yield* RevokedApiTokens
  const { ensureCurrent } = yield* RevocationSync
  const noteUse = yield* makeTokenUses
  const unknown = makeUnknownTokens()

  const known = yield* Cache.makeWith(
    (hash: TokenHash) =>
      Effect.flatMap(
        tokens.findByHash(hash),
        Option.match({
          onNone: () => Effect.fail(new InvalidAccessToken()),
          onSome: ({ expiresAt, id, lastUsedAt, name, scopes, userId }) =>
            Effect.succeed<KnownToken>({
              identity: Identity.ApiToken({ userId, tokenId: id, name, scopes, expiresAt }),
              expiresAtMillis: toMillis(expiresAt),
              usedAtMillis: lastUsedAt === null ? 0 : toMillis(lastUsedAt),
            }),
        }),
      ),
    { capacity: maxCachedTokens, timeToLive: (exit) => (exit._tag === "Success" ? trustedMillis : 0) },
  )

  const lookUp = Effect.fnUntraced(function* (hash: TokenHash, origin: () => string) {
    if (yield* Cache.has(known, hash)) return yield* Cache.get(known, hash)
    const clock = yield* Clock.Clock
    const retryAfterMillis = unknown.waitMillis(origin(), monotonicMillis(clock))
    if (retryAfterMillis > 0) return yield* new TooManyUnknownTokens({ retryAfterMillis })
    return yield* Effect.tapError(Cache.get(known, hash), () =>
      Effect.sync(() => unknown.add(origin(), monotonicMillis(clock))),
    )
  })

  return Effect.fnUntraced(function* (secret: string, origin: () => string) {
    const hash = Option.getOrUndefined(secrets.read(secret))
    if (hash === undefined) return yield* new InvalidAccessToken()
    const token = yield* lookUp(hash, origin)
    const nowMillis = yield* Clock.currentTimeMillis
    if (token.expiresAtMillis <= nowMillis) return yield* new InvalidAccessToken()
    yield* ensureCurrent
    const { identity } = token
    if (yield* revoked.has(identity.tokenId)) return yield* new InvalidAccessToken()
    if (Math.abs(nowMillis - token.usedAtMillis) >= minUseMillis) {
      token.usedAtMillis = nowMillis
      noteUse({ userId: identity.userId, tokenId: identity.tokenId, at: fromMillis(nowMillis) })
    }
    return identity
  })
})
