/** The use case that deletes a user's account, for an operator. */
import { Effect, Schema } from "effect"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { useCase } from "../../shared/UseCase.ts"
import { removeAccount } from "../registration/RemoveAccount.ts"

export const DeleteUser = Schema.Struct({ userId: UserId })
export interface DeleteUser extends Schema.Schema.Type<typeof DeleteUser> {}

/** Deletes the account and everything that belongs to the user, without the password. None of it can be restored. */
export const deleteUser = useCase("deleteUser")(function* ({ userId }: DeleteUser) {
  return yield* removeAccount(userId, "operator", () => Effect.void)
})
