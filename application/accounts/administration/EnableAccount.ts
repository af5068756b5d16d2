/** The use case that enables a disabled account, for an operator. */
import { Effect, Schema } from "effect"
import * as UserAccount from "../../../domain/accounts/UserAccount.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { audit } from "../../audit/Audit.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"

export const EnableAccount = Schema.Struct({ userId: UserId })
export interface EnableAccount extends Schema.Schema.Type<typeof EnableAccount> {}

/** Enables the account, so that its user can log in. Revoked sessions stay revoked. */
export const enableAccount = useCase("enableAccount")(function* ({ userId }: EnableAccount) {
  const accounts = yield* AccountRepository
  const { atomically } = yield* UnitOfWork
  const { account, isChanged } = yield* atomically(
    Effect.gen(function* () {
      const before = yield* accounts.getForUpdate(userId)
      const account = UserAccount.enable(before)
      yield* accounts.update(account)
      return { account, isChanged: account !== before }
    }),
  )
  if (isChanged) yield* audit({ event: "account.enabled", userId })
  return account
})
