/** Signs and verifies access tokens. */
import { Effect, Layer, Schema } from "effect"
import { errors, type JWTVerifyGetKey, jwtVerify, SignJWT } from "jose"
import { AccessTokens } from "../../application/accounts/tokens/AccessTokens.ts"
import { IdGenerator } from "../../application/shared/IdGenerator.ts"
import { InvalidAccessToken } from "../../domain/accounts/AccountErrors.ts"
import { Identity, type SessionIdentity } from "../../domain/accounts/Identity.ts"
import { SessionId } from "../../domain/accounts/SessionId.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { fromMillis, maxMillis } from "../../domain/shared/Timestamp.ts"
import { Uuid } from "../../domain/shared/Uuid.ts"
import type { SigningKeys } from "./SigningKeys.ts"

const algorithm = "EdDSA"
const type = "at+jwt"
const headerMembers = new Set(["alg", "kid", "typ"])
const requiredClaims = ["iss", "aud", "sub", "sid", "jti", "iat", "exp"]

/**
 * The maximum time that the issuing process's clock may be ahead. It never extends a lifetime: `exp` is checked
 * strictly.
 */
const clockToleranceSeconds = 60

/** Much longer than any token of this service; a longer text is rejected without decoding. */
const maximumTokenLength = 4096

const decodeClaims = Schema.decodeUnknownEffect(
  Schema.Struct({ sub: UserId, sid: SessionId, jti: Schema.NonEmptyString, exp: Schema.Finite }),
)

export interface JoseAccessTokensOptions {
  readonly keys: SigningKeys
  readonly issuer: string
  readonly audience: string
  /** Whole seconds; a fraction is rounded up. */
  readonly lifetimeMillis: number
  /** The number of verified tokens that are cached. Default: 10,000. */
  readonly cachedTokens?: number | undefined
}

/** JSON Web Tokens (RFC 9068), signed with Ed25519 and verified by RFC 8725. The time is that of Effect's Clock. */
export const layer = (options: JoseAccessTokensOptions): Layer.Layer<AccessTokens, never, IdGenerator> =>
  Layer.effect(
    AccessTokens,
    Effect.gen(function* () {
      const { audience, issuer, keys } = options
      const ids = yield* IdGenerator
      const lifetimeSeconds = Math.ceil(options.lifetimeMillis / 1000)
      const cache = makeTokenCache(options.cachedTokens ?? 10_000)

      const signingKey = keys[0].privateKey.toCryptoKey("Ed25519", false, ["sign"])
      const protectedHeader = { alg: algorithm, kid: keys[0].kid, typ: type } as const
      const verifyingKeys = new Map(
        keys.map((key) => [key.kid, key.publicKey.toCryptoKey("Ed25519", true, ["verify"])] as const),
      )

      const issue = ({ sessionId, userId }: Pick<SessionIdentity, "userId" | "sessionId">) =>
        Effect.clockWith((clock) =>
          Effect.flatMap(ids.next(Uuid), (tokenId) => {
            const issuedAt = Math.floor(clock.currentTimeMillisUnsafe() / 1000)
            const token = new SignJWT({ sid: sessionId })
              .setProtectedHeader(protectedHeader)
              .setIssuer(issuer)
              .setAudience(audience)
              .setSubject(userId)
              .setJti(tokenId)
              .setIssuedAt(issuedAt)
              .setExpirationTime(issuedAt + lifetimeSeconds)
            return Effect.promise(() => token.sign(signingKey))
          }),
        )

      // This service never writes other header members (`jku`, `jwk`, `x5u`, `crit`, …). Such a member is an attempt to
      // choose the key.
      const keyFor: JWTVerifyGetKey = (header) => {
        const key = header.kid === undefined ? undefined : verifyingKeys.get(header.kid)
        if (key === undefined || Object.keys(header).some((member) => !headerMembers.has(member)))
          throw new errors.JWKSNoMatchingKey()
        return key
      }

      const check = (token: string, nowMillis: number) =>
        Effect.gen(function* () {
          if (!isCanonicalSignature(token)) return yield* Effect.fail(new InvalidAccessToken())
          const { payload } = yield* Effect.tryPromise(() =>
            jwtVerify(token, keyFor, {
              algorithms: [algorithm],
              typ: type,
              issuer,
              audience,
              requiredClaims,
              maxTokenAge: lifetimeSeconds,
              clockTolerance: clockToleranceSeconds,
              currentDate: new Date(nowMillis),
            }),
          )
          const claims = yield* decodeClaims(payload)
          const expiresAtMillis = claims.exp * 1000
          if (expiresAtMillis <= nowMillis || expiresAtMillis > maxMillis) {
            return yield* Effect.fail(new InvalidAccessToken())
          }
          const identity = Identity.Session({
            userId: claims.sub,
            sessionId: claims.sid,
            expiresAt: fromMillis(expiresAtMillis),
          })
          cache.add(token, { expiresAtMillis, identity: Effect.succeed(identity) })
          return identity
        }).pipe(
          // Whatever the error, the token is not from this service.
          Effect.mapError(() => new InvalidAccessToken()),
        )

      return AccessTokens.of({
        lifetimeMillis: lifetimeSeconds * 1000,
        issue,
        verify: (token) =>
          Effect.clockWith((clock) => {
            const nowMillis = clock.currentTimeMillisUnsafe()
            const cached = cache.get(token)
            return cached !== undefined && nowMillis < cached.expiresAtMillis
              ? cached.identity
              : check(token, nowMillis)
          }),
      })
    }),
  )

/**
 * Returns whether the signature has the one canonical base64url spelling of its 64 bytes. Decoders ignore the last
 * character's spare bits, so a token would have sixteen spellings.
 */
const isCanonicalSignature = (token: string): boolean => {
  const signature = token.slice(token.lastIndexOf(".") + 1)
  return token.length <= maximumTokenLength && Buffer.from(signature, "base64url").toString("base64url") === signature
}

interface CachedToken {
  readonly expiresAtMillis: number
  readonly identity: Effect.Effect<SessionIdentity>
}

/** Caches accepted tokens, at most `capacity`: the newest replaces the oldest. */
const makeTokenCache = (capacity: number) => {
  const entries = new Map<string, CachedToken>()
  return {
    get: (token: string): CachedToken | undefined => entries.get(token),
    add: (token: string, entry: CachedToken): void => {
      entries.set(token, entry)
      if (entries.size <= capacity) return
      for (const oldest of entries.keys()) {
        entries.delete(oldest)
        return
      }
    },
  }
}
