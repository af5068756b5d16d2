/** Issues the token that resets a password. */
import { Effect } from "effect"
import * as PasswordReset from "../../../domain/accounts/PasswordReset.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { now } from "../../shared/Now.ts"
import { OpaqueTokens } from "../tokens/OpaqueTokens.ts"
import { PasswordResetRepository } from "./PasswordResetRepository.ts"

/** Stores a pending reset of the user's password, replaces an older one, and returns the token for the email. */
export const issueResetToken = Effect.fnUntraced(function* (userId: UserId) {
  const resets = yield* PasswordResetRepository
  const { hash, token } = yield* (yield* OpaqueTokens).make(userId)
  yield* resets.replace(PasswordReset.issue(userId, hash, yield* now))
  return token
})
