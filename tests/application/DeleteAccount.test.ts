/** Holds account deletion to its password check when the password changes at the same time. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ChangePassword, changePassword } from "../../application/accounts/passwords/ChangePassword.ts"
import { logIn } from "../../application/accounts/passwords/LogIn.ts"
import { DeleteAccount, deleteAccount } from "../../application/accounts/registration/DeleteAccount.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { memory } from "../../bootstrap/memory.ts"
import { logInCommand, registerUser, rightPassword } from "../support/accounts.ts"
import { read } from "../support/decoding.ts"
import { afterCheckOf } from "../support/heldLogins.ts"

const newPassword = "Another horse 2"
const ip = "192.0.2.1"

layer(memory)("deleteAccount", (it) => {
  it.effect("keeps the account where the password was changed after the old one was seen to be right", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const identity = yield* authenticate(tokens)
      const refusal = yield* afterCheckOf(
        Effect.flip(deleteAccount(read(DeleteAccount)({ userId: identity.userId, password: rightPassword, ip }))),
        changePassword(read(ChangePassword)({ ...identity, currentPassword: rightPassword, newPassword, ip })),
      )
      expect(refusal._tag).toBe("InvalidCredentials")
      yield* logIn(logInCommand(account.email, newPassword))
    }),
  )
})
