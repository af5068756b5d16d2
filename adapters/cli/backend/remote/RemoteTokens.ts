/** The calls of API tokens, sent to a server. */
import { Effect } from "effect"
import { type ApiTokenName, maxApiTokens } from "../../../../domain/accounts/ApiToken.ts"
import { ApiTokenNotFound, TooManyApiTokens } from "../../../../domain/accounts/ApiTokenErrors.ts"
import type { ApiTokenId } from "../../../../domain/accounts/ApiTokenId.ts"
import type { Timestamp } from "../../../../domain/shared/Timestamp.ts"
import type { TokenResource } from "../../../http/api/v1/TokenResource.ts"
import type { Client } from "../../../http/client/TaskwrightClient.ts"
import type { OwnToken, TokenCalls } from "../TokenCalls.ts"
import type { withAccessToken } from "./AccessTokenContext.ts"
import type { makeMapProblems } from "./MapProblems.ts"

// Responses were decoded; brands are asserted, not checked.
const toToken = (resource: TokenResource): OwnToken => ({
  id: resource.id as ApiTokenId,
  name: resource.name as ApiTokenName,
  scopes: resource.scopes,
  prefix: resource.prefix,
  createdAt: resource.created_at as Timestamp,
  expiresAt: resource.expires_at as Timestamp,
  lastUsedAt: resource.last_used_at as Timestamp | null,
})

/** Builds the calls of a signed-in user. */
export const makeRemoteTokens = (
  { auth, tokens }: Client,
  mapProblems: ReturnType<typeof makeMapProblems>,
  authorized: ReturnType<typeof withAccessToken>,
): TokenCalls => ({
  createToken: ({ lifetimeDays, name, scopes }) =>
    mapProblems(authorized(tokens.createToken({ payload: { name, scopes, expires_in_days: lifetimeDays } })), {
      too_many_tokens: () => new TooManyApiTokens({ limit: maxApiTokens }),
    }).pipe(Effect.map(({ secret, token }) => ({ secret, token: toToken(token) }))),
  listTokens: Effect.map(mapProblems(authorized(tokens.listTokens()), {}), ({ data }) => data.map(toToken)),
  revokeToken: (tokenId) =>
    Effect.asVoid(
      mapProblems(authorized(tokens.revokeToken({ params: { token_id: tokenId } })), {
        token_not_found: () => new ApiTokenNotFound({ tokenId }),
      }),
    ),
  signOutEverywhere: (withTokens) =>
    Effect.asVoid(mapProblems(authorized(auth.signOutEverywhere(withTokens ? { query: { tokens: "true" } } : {})), {})),
})
