/** Holds a password change to the end of sessions that began with the old password meanwhile. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ChangePassword, changePassword } from "../../application/accounts/passwords/ChangePassword.ts"
import { logIn } from "../../application/accounts/passwords/LogIn.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { Identity } from "../../domain/accounts/Identity.ts"
import { logInCommand, registerUser, rightPassword } from "../support/accounts.ts"
import { read } from "../support/decoding.ts"
import { afterCheckOf } from "../support/heldLogins.ts"

const newPassword = "Another horse 2"
const command = (identity: Identity) =>
  read(ChangePassword)({ ...identity, currentPassword: rightPassword, newPassword, ip: "192.0.2.1" })

layer(memory)("changePassword", (it) => {
  it.effect("leaves no session that began with the old password while it was changed", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const identity = yield* authenticate(tokens)
      const login = yield* afterCheckOf(
        Effect.result(logIn(logInCommand(account.email))),
        changePassword(command(identity)),
      )
      expect(login._tag).toBe("Failure")
      yield* authenticate(tokens)
      yield* logIn(logInCommand(account.email, newPassword))
    }),
  )
})
