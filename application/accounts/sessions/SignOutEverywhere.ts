/** The use case that ends everything that acts for a user. */
import { Effect, Schema } from "effect"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { audit } from "../../audit/Audit.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { ApiTokenRepository } from "../tokens/ApiTokenRepository.ts"
import { RevokedApiTokens } from "../tokens/RevokedApiTokens.ts"
import { RevokedSessions } from "./RevokedSessions.ts"
import { SessionRepository } from "./SessionRepository.ts"

export const SignOutEverywhere = Schema.Struct({
  userId: UserId,
  /** Whether to revoke the user's API tokens, too. */
  withTokens: Schema.Boolean,
})
export interface SignOutEverywhere extends Schema.Schema.Type<typeof SignOutEverywhere> {}

/** Revokes all sessions of the user, the current one included. With `withTokens`, also all API tokens. */
export const signOutEverywhere = useCase("signOutEverywhere")(function* ({ userId, withTokens }: SignOutEverywhere) {
  const sessions = yield* SessionRepository
  const tokens = yield* ApiTokenRepository
  const revokedSessions = yield* RevokedSessions
  const revokedTokens = yield* RevokedApiTokens
  const { atomically } = yield* UnitOfWork
  const { sessionIds, tokenIds } = yield* atomically(
    Effect.gen(function* () {
      const sessionIds = yield* sessions.revokeAll(userId, null)
      return { sessionIds, tokenIds: withTokens ? yield* tokens.revokeAll(userId) : [] }
    }),
  )
  yield* Effect.forEach(sessionIds, revokedSessions.revoke, { discard: true })
  yield* Effect.forEach(tokenIds, revokedTokens.revoke, { discard: true })
  yield* audit({
    event: "session.revoked_all",
    userId,
    revokedSessions: sessionIds.length,
    revokedTokens: tokenIds.length,
  })
})
