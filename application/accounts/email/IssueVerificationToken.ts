/** Issues the token that verifies an email address. */
import { Effect } from "effect"
import * as EmailVerification from "../../../domain/accounts/EmailVerification.ts"
import type { UserAccount } from "../../../domain/accounts/UserAccount.ts"
import { now } from "../../shared/Now.ts"
import { OpaqueTokens } from "../tokens/OpaqueTokens.ts"
import { EmailVerificationRepository } from "./EmailVerificationRepository.ts"

/**
 * Stores a pending verification of the account's email address, replaces an older one, and returns the token for the
 * email.
 */
export const issueVerificationToken = Effect.fnUntraced(function* (account: UserAccount) {
  const verifications = yield* EmailVerificationRepository
  const { hash, token } = yield* (yield* OpaqueTokens).make(account.id)
  yield* verifications.replace(EmailVerification.issue(account.id, hash, yield* now))
  return token
})
