/** Refuses what an API token has no scope for. */
import { Effect } from "effect"
import { checkScopes } from "../../application/access/Access.ts"
import type { InsufficientScope, SessionRequired } from "../../domain/accounts/ApiTokenErrors.ts"
import type { Identity } from "../../domain/accounts/Identity.ts"
import type { Scope } from "../../domain/accounts/Scope.ts"

/** Fails unless the identity has all of the scopes. */
export const requireScopes = (
  identity: Identity,
  scopes: ReadonlyArray<Scope>,
): Effect.Effect<void, InsufficientScope | SessionRequired> => {
  const refused = checkScopes(identity, scopes)
  return refused === null ? Effect.void : Effect.fail(refused)
}
