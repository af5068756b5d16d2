/** Rejects users with an unverified email from the endpoints that need a verified one. */
import { Cache, Effect } from "effect"
import type { AccountRepository } from "../../../../application/accounts/AccountRepository.ts"
import { requireVerifiedEmail } from "../../../../application/accounts/email/RequireVerifiedEmail.ts"
import type { UserId } from "../../../../domain/accounts/UserId.ts"
import type { AuthenticatedContext } from "../request/RequestContext.ts"
import { type HttpResponse, problemResponse } from "../response/HttpResponse.ts"
import { unauthorized } from "./BearerToken.ts"

/** The maximum number of users that are cached as verified; the others are looked up again. */
const maxCachedUsers = 10_000

/** Accepts only users with a verified email. Looks each user up once, because a verified email stays verified. */
export const makeRequireVerifiedEmail = Effect.gen(function* () {
  const services = yield* Effect.context<AccountRepository>()
  const verified = yield* Cache.makeWith(
    (userId: UserId) => Effect.provideContext(requireVerifiedEmail({ userId }), services),
    { capacity: maxCachedUsers, timeToLive: (exit) => (exit._tag === "Success" ? "1 day" : "0 millis") },
  )
  return <R>({ id, identity }: AuthenticatedContext, response: Effect.Effect<HttpResponse, never, R>) =>
    Effect.matchEffect(Cache.get(verified, identity.userId), {
      onSuccess: () => response,
      onFailure: (error) =>
        Effect.succeed(
          error._tag === "AccountNotFound" ? unauthorized(id, true) : problemResponse("email_not_verified", id),
        ),
    })
})
