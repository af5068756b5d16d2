import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { authenticate } from "../../application/accounts/Authenticate.ts"
import { ChangePassword, changePassword } from "../../application/accounts/ChangePassword.ts"
import { DeleteAccount, deleteAccount } from "../../application/accounts/DeleteAccount.ts"
import { logIn } from "../../application/accounts/LogIn.ts"
import { PasswordHasher } from "../../application/accounts/PasswordHasher.ts"
import { memory } from "../../bootstrap/memory.ts"
import { logInCommand, registerUser, rightPassword } from "../support/accounts.ts"
import { read } from "../support/decoding.ts"

const newPassword = "Another horse 2"
const ip = "192.0.2.1"

layer(memory)("deleteAccount", (it) => {
  it.effect("keeps the account where the password was changed after the old one was seen to be right", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const identity = yield* authenticate(tokens)
      const hasher = yield* PasswordHasher
      const isChanged = yield* Deferred.make<void>()
      const waits = yield* Deferred.make<void>()
      const slowHasher = PasswordHasher.of({
        ...hasher,
        verify: (password, hash) =>
          Effect.tap(hasher.verify(password, hash), () =>
            Effect.andThen(Deferred.succeed(waits, undefined), Deferred.await(isChanged)),
          ),
      })
      const deletion = yield* Effect.forkChild(
        Effect.flip(deleteAccount(read(DeleteAccount)({ userId: identity.userId, password: rightPassword, ip }))).pipe(
          Effect.provide(Layer.succeed(PasswordHasher, slowHasher)),
        ),
      )
      yield* Deferred.await(waits)
      yield* changePassword(read(ChangePassword)({ ...identity, currentPassword: rightPassword, newPassword, ip }))
      yield* Deferred.succeed(isChanged, undefined)
      assert.strictEqual((yield* Fiber.join(deletion))._tag, "InvalidCredentials")
      yield* logIn(logInCommand(account.email, newPassword))
    }),
  )
})
