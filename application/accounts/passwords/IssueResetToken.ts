import { Effect } from "effect"
import { ask } from "../../../domain/accounts/PasswordReset.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { now } from "../../shared/Now.ts"
import { OpaqueTokens } from "../tokens/OpaqueTokens.ts"
import { PasswordResetRepository } from "./PasswordResetRepository.ts"

/** Opens a reset of the user's password, in the place of an older one, and gives the token to mail. */
export const issueResetToken = Effect.fnUntraced(function* (userId: UserId) {
  const resets = yield* PasswordResetRepository
  const { hash, token } = yield* (yield* OpaqueTokens).make(userId)
  yield* resets.replace(ask(userId, hash, yield* now))
  return token
})
