/** Decides what an identity may do. Every driving adapter asks here before it calls a use case for an identity. */
import { Cache, Effect } from "effect"
import { type EmailNotVerified, InvalidAccessToken } from "../../domain/accounts/AccountErrors.ts"
import type { Identity } from "../../domain/accounts/Identity.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { AccountRepository } from "../accounts/AccountRepository.ts"
import { requireVerifiedEmail } from "../accounts/email/RequireVerifiedEmail.ts"

/** What a use case works on: the user's account and sessions, or the user's tasks and categories. */
export type Permission = "account" | "tasks"

/** The service's own setting. */
export interface AccessPolicy {
  /** Whether only users with a verified email address may work with tasks and categories. */
  readonly isVerifiedEmailRequired: boolean
}

/** Why an identity may not do it. The token of an identity is invalid if the account was deleted. */
export type AccessDenied = EmailNotVerified | InvalidAccessToken

export interface Access {
  /**
   * Returns `allowed` if the identity has the permission, and else `denied` with the reason. Returns `allowed` itself
   * if there is nothing to look up, so that most requests pay nothing.
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
      decide: (identity, permission, allowed, denied) => {
        switch (identity._tag) {
          // A session has every permission of its user. A token with scopes is compared with the permission here.
          case "Session":
            return needsVerifiedEmail[permission]
              ? Effect.matchEffect(Cache.get(verified, identity.userId), {
                  onSuccess: () => allowed,
                  onFailure: denied,
                })
              : allowed
        }
      },
    }
    return access
  })
