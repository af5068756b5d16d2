/** The use case that issues a password reset without an email, for an operator. */
import { Effect, Schema } from "effect"
import { AccountDisabled, OwnerUnclaimed } from "../../../domain/accounts/AccountErrors.ts"
import { isOwner } from "../../../domain/accounts/Owner.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { audit } from "../../audit/Audit.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { issueResetToken } from "../passwords/IssueResetToken.ts"

export const IssueResetLink = Schema.Struct({ userId: UserId })
export interface IssueResetLink extends Schema.Schema.Type<typeof IssueResetLink> {}

/**
 * Returns a token for choosing a new password, and revokes an older one. No email is sent. A driver makes the link from
 * the token. Fails with `AccountDisabled` for a disabled account, because its token would be refused. Fails with
 * `OwnerUnclaimed` for an owner, because no login needs the password.
 */
export const issueResetLink = useCase("issueResetLink")(function* ({ userId }: IssueResetLink) {
  const accounts = yield* AccountRepository
  const { atomically } = yield* UnitOfWork
  const token = yield* atomically(
    Effect.gen(function* () {
      const account = yield* accounts.getForUpdate(userId)
      if (account.disabledAt !== null) return yield* Effect.fail(new AccountDisabled({ userId }))
      if (isOwner(account)) return yield* Effect.fail(new OwnerUnclaimed({ userId }))
      return yield* issueResetToken(userId)
    }),
  )
  yield* audit({ event: "password.reset_link_issued", userId })
  return { token }
})
