/** The use cases that revoke API tokens. */
import { Schema } from "effect"
import { ApiTokenNotFound } from "../../../domain/accounts/ApiTokenErrors.ts"
import { ApiTokenId } from "../../../domain/accounts/ApiTokenId.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { audit } from "../../audit/Audit.ts"
import { useCase } from "../../shared/UseCase.ts"
import { ApiTokenRepository } from "./ApiTokenRepository.ts"
import { RevokedApiTokens } from "./RevokedApiTokens.ts"

export const RevokeApiToken = Schema.Struct({ userId: UserId, tokenId: ApiTokenId })
export interface RevokeApiToken extends Schema.Schema.Type<typeof RevokeApiToken> {}

/** Revokes one of the user's tokens. It is refused from now on, and in other processes within a second. */
export const revokeApiToken = useCase("revokeApiToken")(function* ({ tokenId, userId }: RevokeApiToken) {
  const tokens = yield* ApiTokenRepository
  const revoked = yield* RevokedApiTokens
  if (!(yield* tokens.revoke(userId, tokenId))) return yield* new ApiTokenNotFound({ tokenId })
  yield* revoked.revoke(tokenId)
  yield* audit({ event: "api_token.revoked", userId, tokenId })
})
