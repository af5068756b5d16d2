import { Effect, Schema } from "effect"
import { FullName, rename } from "../../domain/accounts/UserAccount.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { now } from "../shared/Now.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { AccountRepository } from "./AccountRepository.ts"
import { ProfileCache } from "./ProfileCache.ts"

export const RenameAccount = Schema.Struct({ userId: UserId, fullName: FullName })
export interface RenameAccount extends Schema.Schema.Type<typeof RenameAccount> {}

/** Gives the user another name. */
export const renameAccount = Effect.fn("renameAccount")(function* (command: RenameAccount) {
  const accounts = yield* AccountRepository
  const profiles = yield* ProfileCache
  const { atomically } = yield* UnitOfWork
  return yield* atomically(
    Effect.gen(function* () {
      const account = rename(yield* accounts.getForUpdate(command.userId), command.fullName, yield* now)
      yield* accounts.update(account)
      yield* profiles.forget(account.id)
      return account
    }),
  )
})
