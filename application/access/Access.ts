/** Decides what an identity may do. Every driving adapter asks here before it calls a use case for an identity. */
import { Cache, Effect } from "effect"
import { type EmailNotVerified, InvalidAccessToken } from "../../domain/accounts/AccountErrors.ts"
import { InsufficientScope, SessionRequired } from "../../domain/accounts/ApiTokenErrors.ts"
import type { Identity, SessionIdentity } from "../../domain/accounts/Identity.ts"
import { missingFrom, type Scope } from "../../domain/accounts/Scope.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { AccountRepository } from "../accounts/AccountRepository.ts"
import { requireVerifiedEmail } from "../accounts/email/RequireVerifiedEmail.ts"

/** What a use case works on: the user's account and sessions, or the user's tasks and categories. */
export type Permission = "account" | "tasks"

/**
 * What a use case needs of an API token: all of these scopes. Or it is for sessions only, because what it does cannot be
 * taken back.
 */
export type ScopeRequirement = "session" | ReadonlyArray<Scope>

/**
 * Returns why the identity may not do it, or null if it may. A session has every scope of its user. It looks nothing up,
 * so a driver calls it when it knows what the request is about.
 */
export const checkScopes = (
  identity: Identity,
  required: ScopeRequirement,
): InsufficientScope | SessionRequired | null => {
  switch (identity._tag) {
    case "Session":
      return null
    case "ApiToken": {
      if (required === "session") return new SessionRequired()
      const [first, ...others] = missingFrom(identity.scopes, required)
      return first === undefined ? null : new InsufficientScope({ missing: [first, ...others] })
    }
  }
}

/** Returns the session of the identity, and fails if it has none. */
export const requireSession = (identity: Identity): Effect.Effect<SessionIdentity, SessionRequired> =>
  identity._tag === "Session" ? Effect.succeed(identity) : Effect.fail(new SessionRequired())

/** The service's own setting. */
export interface AccessPolicy {
  /** Whether only users with a verified email address may work with tasks and categories. */
  readonly isVerifiedEmailRequired: boolean
}

/** Why an identity may not do it. The token of an identity is invalid if the account was deleted. */
export type AccessDenied = EmailNotVerified | InvalidAccessToken

export interface Access {
  /**
   * Returns `allowed` if the identity's user has the permission, and else `denied` with the reason. Returns `allowed`
   * itself if there is nothing to look up, so that most requests pay nothing. Scopes are the matter of `checkScopes`.
   */
  readonly decide: <A, E1, R1, E2, R2>(
    identity: Identity,
    permission: Permission,
    allowed: Effect.Effect<A, E1, R1>,
    denied: (reason: AccessDenied) => Effect.Effect<A, E2, R2>,
  ) => Effect.Effect<A, E1 | E2, R1 | R2>
}

/** The maximum number of users that are cached as verified; the others are looked up again. */
const maxCachedUsers = 10_000

/** Looks each user's verification up once, because a verified email address stays verified. */
export const makeAccess = ({ isVerifiedEmailRequired }: AccessPolicy) =>
  Effect.gen(function* () {
    const services = yield* Effect.context<AccountRepository>()
    const verified = yield* Cache.makeWith(
      (userId: UserId) =>
        requireVerifiedEmail({ userId }).pipe(
          Effect.catchTag("AccountNotFound", () => Effect.fail(new InvalidAccessToken())),
          Effect.provideContext(services),
        ),
      { capacity: maxCachedUsers, timeToLive: (exit) => (exit._tag === "Success" ? "1 day" : "0 millis") },
    )

    const needsVerifiedEmail: Readonly<Record<Permission, boolean>> = { account: false, tasks: isVerifiedEmailRequired }

    const access: Access = {
      // It depends on the user alone, whichever token the identity has.
      decide: ({ userId }, permission, allowed, denied) =>
        needsVerifiedEmail[permission]
          ? Effect.matchEffect(Cache.get(verified, userId), { onSuccess: () => allowed, onFailure: denied })
          : allowed,
    }
    return access
  })
