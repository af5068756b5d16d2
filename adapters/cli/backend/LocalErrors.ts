/** Maps errors of use cases that a command cannot handle as such. */
import { Effect } from "effect"
import { type AccountNotFound, InvalidAccessToken } from "../../../domain/accounts/AccountErrors.ts"
import { SessionRequired } from "../../../domain/accounts/ApiTokenErrors.ts"
import { UnknownVersion } from "../../../domain/changes/ChangeErrors.ts"
import { StaleCategoryVersion, StaleTaskVersion } from "../../../domain/changes/StaleVersion.ts"

/** Maps a deleted account to an invalid token: the token is valid, but its user no longer exists. */
export const failIfDeleted = <A, E, R>(effect: Effect.Effect<A, E | AccountNotFound, R>) =>
  Effect.catchIf(
    effect,
    (error): error is Extract<E | AccountNotFound, AccountNotFound> =>
      (error as { readonly _tag?: string })._tag === "AccountNotFound",
    () => Effect.fail(new InvalidAccessToken()),
  )

/** For a call that accepts any version: none can be stale, so the error is a defect. */
export const dieIfStale = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, Exclude<E, StaleTaskVersion | StaleCategoryVersion | UnknownVersion>, R> =>
  Effect.catch(effect, (error) =>
    error instanceof StaleTaskVersion || error instanceof StaleCategoryVersion || error instanceof UnknownVersion
      ? Effect.die(error)
      : Effect.fail(error as Exclude<E, StaleTaskVersion | StaleCategoryVersion | UnknownVersion>),
  )

/** For a use case of a session: it refuses API tokens alone, so the error is a defect. */
export const dieWithoutSession = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, Exclude<E, SessionRequired>, R> =>
  Effect.catch(effect, (error) =>
    error instanceof SessionRequired ? Effect.die(error) : Effect.fail(error as Exclude<E, SessionRequired>),
  )
