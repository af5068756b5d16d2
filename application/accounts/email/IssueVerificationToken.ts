import { Effect } from "effect"
import { ask } from "../../../domain/accounts/EmailVerification.ts"
import type { UserAccount } from "../../../domain/accounts/UserAccount.ts"
import { now } from "../../shared/Now.ts"
import { OpaqueTokens } from "../tokens/OpaqueTokens.ts"
import { EmailVerificationRepository } from "./EmailVerificationRepository.ts"

/** Opens a verification of the account's email address, in the place of an older one, and gives the token to mail. */
export const issueVerificationToken = Effect.fnUntraced(function* (account: UserAccount) {
  const verifications = yield* EmailVerificationRepository
  const { hash, token } = yield* (yield* OpaqueTokens).make(account.id)
  yield* verifications.replace(ask(account.id, hash, yield* now))
  return token
})
