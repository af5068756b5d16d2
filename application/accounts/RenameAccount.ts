/** The use case that changes a user's name. */
import { Effect, Schema } from "effect"
import * as UserAccount from "../../domain/accounts/UserAccount.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { now } from "../shared/Now.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { useCase } from "../shared/UseCase.ts"
import { AccountRepository } from "./AccountRepository.ts"
import { ProfileCache } from "./ProfileCache.ts"

export const RenameAccount = Schema.Struct({ userId: UserId, fullName: UserAccount.FullName })
export interface RenameAccount extends Schema.Schema.Type<typeof RenameAccount> {}

/** Changes the user's name. A name that equals the current one changes nothing. */
export const renameAccount = useCase("renameAccount")(function* (command: RenameAccount) {
  const accounts = yield* AccountRepository
  const profiles = yield* ProfileCache
  const { atomically } = yield* UnitOfWork
  return yield* atomically(
    Effect.gen(function* () {
      const before = yield* accounts.getForUpdate(command.userId)
      const account = UserAccount.rename(before, command.fullName, yield* now)
      if (account === before) return account
      yield* accounts.update(account)
      yield* profiles.invalidate(account.id)
      return account
    }),
  )
})
