/** Runs the use cases of API tokens for commands. */
import type { Effect } from "effect"
import { signOutEverywhere } from "../../../application/accounts/sessions/SignOutEverywhere.ts"
import { createApiToken } from "../../../application/accounts/tokens/CreateApiToken.ts"
import { listApiTokens } from "../../../application/accounts/tokens/ListApiTokens.ts"
import { revokeApiToken } from "../../../application/accounts/tokens/RevokeApiToken.ts"
import type { Ports } from "../../../application/Ports.ts"
import type { SessionIdentity } from "../../../domain/accounts/Identity.ts"
import type { Call } from "./Call.ts"
import { failIfDeleted } from "./LocalErrors.ts"
import type { TokenCalls } from "./TokenCalls.ts"

/** Builds the calls. `onAccount` runs a use case as the signed-in user. */
export const makeLocalTokens = (
  onAccount: <A, E>(use: (identity: SessionIdentity) => Effect.Effect<A, E, Ports>) => Call<A, E>,
): TokenCalls => ({
  createToken: (input) => onAccount(({ userId }) => failIfDeleted(createApiToken({ ...input, userId }))),
  listTokens: onAccount(({ userId }) => listApiTokens({ userId })),
  revokeToken: (tokenId) => onAccount(({ userId }) => revokeApiToken({ userId, tokenId })),
  signOutEverywhere: (withTokens) => onAccount(({ userId }) => signOutEverywhere({ userId, withTokens })),
})
