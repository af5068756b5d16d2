import { Cache, Effect, Layer } from "effect"
import type { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { requireVerifiedEmail } from "../../application/accounts/RequireVerifiedEmail.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { HttpSettings } from "./HttpSettings.ts"
import { problemResponse } from "./ProblemResponse.ts"
import { RequestState } from "./RequestState.ts"
import { Authentication, CurrentIdentity, VerifiedEmail } from "./v1/Authentication.ts"

/** How many users are remembered to be verified; the others are asked for again. */
const rememberedUsers = 10_000

/** The gate has looked at the token already: here a request without a good one ends. */
export const authentication = Layer.succeed(Authentication, {
  bearer: (httpEffect) =>
    Effect.flatMap(RequestState, ({ hasBadToken, id, identity }) =>
      identity === null
        ? Effect.succeed(unauthorized(id, hasBadToken))
        : Effect.provideService(httpEffect, CurrentIdentity, identity),
    ),
})

/** RFC 6750 §3: a challenge names an error only where a token was shown. */
export const unauthorized = (requestId: string, hasBadToken: boolean) =>
  problemResponse("unauthorized", requestId, {
    headers: { "www-authenticate": hasBadToken ? 'Bearer error="invalid_token"' : "Bearer" },
  })

/** Asks for each user once: an address that was verified stays so. */
export const verifiedEmail = Layer.effect(
  VerifiedEmail,
  Effect.gen(function* () {
    const { isVerifiedEmailRequired } = yield* HttpSettings
    if (!isVerifiedEmailRequired) return (httpEffect) => httpEffect
    const services = yield* Effect.context<AccountRepository>()
    const verified = yield* Cache.makeWith(
      (userId: UserId) => Effect.provideContext(requireVerifiedEmail({ userId }), services),
      { capacity: rememberedUsers, timeToLive: (exit) => (exit._tag === "Success" ? "1 day" : "0 millis") },
    )
    return (httpEffect) =>
      Effect.gen(function* () {
        const { userId } = yield* CurrentIdentity
        const { id } = yield* RequestState
        return yield* Effect.matchEffect(Cache.get(verified, userId), {
          onSuccess: () => httpEffect,
          onFailure: (error) =>
            Effect.succeed(
              error._tag === "AccountNotFound" ? unauthorized(id, true) : problemResponse("email_not_verified", id),
            ),
        })
      })
  }),
)
