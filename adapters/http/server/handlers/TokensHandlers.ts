/** Connects the endpoints for API tokens to their use cases. */
import { Effect } from "effect"
import { createApiToken } from "../../../../application/accounts/tokens/CreateApiToken.ts"
import { listApiTokens } from "../../../../application/accounts/tokens/ListApiTokens.ts"
import { revokeApiToken } from "../../../../application/accounts/tokens/RevokeApiToken.ts"
import { defaultLifetimeDays } from "../../../../domain/accounts/ApiToken.ts"
import { toTokenResource } from "../../api/v1/TokenResource.ts"
import type { TokensApi } from "../../api/v1/TokensApi.ts"
import type { Handlers } from "./Handlers.ts"

export const tokensHandlers: Handlers<typeof TokensApi> = {
  createToken: Effect.fnUntraced(function* ({ payload }, { identity: { userId } }) {
    const { expires_in_days: lifetimeDays = defaultLifetimeDays, name, scopes } = payload
    const { secret, token } = yield* createApiToken({ userId, name, scopes, lifetimeDays })
    return { token: toTokenResource(token), secret }
  }),
  listTokens: Effect.fnUntraced(function* (_, { identity: { userId } }) {
    return { data: (yield* listApiTokens({ userId })).map(toTokenResource) }
  }),
  revokeToken: Effect.fnUntraced(function* ({ params }, { identity: { userId } }) {
    yield* revokeApiToken({ userId, tokenId: params.token_id })
  }),
}
