import { Effect, Layer, Schema } from "effect"
import { errors, type JWTVerifyGetKey, jwtVerify, SignJWT } from "jose"
import { AccessTokens } from "../../application/accounts/tokens/AccessTokens.ts"
import { IdGenerator } from "../../application/shared/IdGenerator.ts"
import { InvalidAccessToken } from "../../domain/accounts/AccountErrors.ts"
import type { Identity } from "../../domain/accounts/Identity.ts"
import { SessionId } from "../../domain/accounts/SessionId.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import type { SigningKeys } from "./SigningKeys.ts"

const algorithm = "EdDSA"
const type = "at+jwt"
const headerMembers = new Set(["alg", "kid", "typ"])
const requiredClaims = ["iss", "aud", "sub", "sid", "jti", "iat", "exp"]

/** How far ahead the clock of the process that issued a token may be. Never a longer life: `exp` is held strictly. */
const clockToleranceSeconds = 60

/** No token of ours comes near it; a longer text is not worth decoding. */
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
  /** How many checked tokens are remembered, so that they need not be checked again. Default: 10,000. */
  readonly cachedTokens?: number | undefined
}

/** JSON Web Tokens (RFC 9068), signed with Ed25519 and checked as RFC 8725 says. The time is that of Effect's Clock. */
export const layer = (options: JoseAccessTokensOptions): Layer.Layer<AccessTokens, never, IdGenerator> =>
  Layer.effect(
    AccessTokens,
    Effect.gen(function* () {
      const { audience, issuer, keys } = options
      const { next: nextId } = yield* IdGenerator
      const lifetimeSeconds = Math.ceil(options.lifetimeMillis / 1000)
      const remember = makeMemory(options.cachedTokens ?? 10_000)

      const signingKey = keys[0].privateKey.toCryptoKey("Ed25519", false, ["sign"])
      const protectedHeader = { alg: algorithm, kid: keys[0].kid, typ: type } as const
      const verifyingKeys = new Map(
        keys.map((key) => [key.kid, key.publicKey.toCryptoKey("Ed25519", true, ["verify"])] as const),
      )

      const issue = ({ sessionId, userId }: Identity) =>
        Effect.clockWith((clock) =>
          Effect.flatMap(nextId, (tokenId) => {
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

      // A header member that we never write (`jku`, `jwk`, `x5u`, `crit`, …) is somebody's attempt to choose the key.
      const keyFor: JWTVerifyGetKey = (header) => {
        const key = header.kid === undefined ? undefined : verifyingKeys.get(header.kid)
        if (key === undefined || Object.keys(header).some((member) => !headerMembers.has(member)))
          throw new errors.JWKSNoMatchingKey()
        return key
      }

      const check = (token: string, nowMillis: number) =>
        Effect.gen(function* () {
          if (!isOneSpelling(token)) return yield* Effect.fail(new InvalidAccessToken())
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
          if (expiresAtMillis <= nowMillis) return yield* Effect.fail(new InvalidAccessToken())
          const identity: Identity = { userId: claims.sub, sessionId: claims.sid }
          remember.add(token, { expiresAtMillis, accepted: Effect.succeed(identity) })
          return identity
        }).pipe(
          // Whatever is wrong with it: it is no token of ours.
          Effect.mapError(() => new InvalidAccessToken()),
        )

      return AccessTokens.of({
        lifetimeMillis: lifetimeSeconds * 1000,
        issue,
        verify: (token) =>
          Effect.clockWith((clock) => {
            const nowMillis = clock.currentTimeMillisUnsafe()
            const known = remember.get(token)
            return known !== undefined && nowMillis < known.expiresAtMillis ? known.accepted : check(token, nowMillis)
          }),
      })
    }),
  )

/**
 * Whether the signature is written in the one way in which base64url writes its 64 bytes. Decoders ignore the last
 * character's spare bits, so that one token would have sixteen spellings.
 */
const isOneSpelling = (token: string): boolean => {
  const signature = token.slice(token.lastIndexOf(".") + 1)
  return token.length <= maximumTokenLength && Buffer.from(signature, "base64url").toString("base64url") === signature
}

interface Accepted {
  readonly expiresAtMillis: number
  readonly accepted: Effect.Effect<Identity>
}

/** Remembers tokens that were accepted, at most `capacity`: the oldest makes room for the newest. */
const makeMemory = (capacity: number) => {
  const entries = new Map<string, Accepted>()
  return {
    get: (token: string): Accepted | undefined => entries.get(token),
    add: (token: string, entry: Accepted): void => {
      entries.set(token, entry)
      if (entries.size <= capacity) return
      for (const oldest of entries.keys()) {
        entries.delete(oldest)
        return
      }
    },
  }
}
