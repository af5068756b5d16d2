import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import type { Identity } from "../../application/accounts/AccessTokens.ts"
import { authenticate } from "../../application/accounts/Authenticate.ts"
import { ChangePassword, changePassword } from "../../application/accounts/ChangePassword.ts"
import { logIn } from "../../application/accounts/LogIn.ts"
import { PasswordHasher } from "../../application/accounts/PasswordHasher.ts"
import { memory } from "../../bootstrap/memory.ts"
import { logInCommand, registerUser, rightPassword } from "../support/accounts.ts"
import { read } from "../support/decoding.ts"

const newPassword = "Another horse 2"
const command = (identity: Identity) =>
  read(ChangePassword)({ ...identity, currentPassword: rightPassword, newPassword, ip: "192.0.2.1" })

layer(memory)("changePassword", (it) => {
  it.effect("leaves no session that began with the old password while it was changed", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const identity = yield* authenticate(tokens)
      const hasher = yield* PasswordHasher
      // The login has seen the old password to be right, and goes on only after it was changed.
      const isChanged = yield* Deferred.make<void>()
      const waits = yield* Deferred.make<void>()
      const slowHasher = PasswordHasher.of({
        ...hasher,
        verify: (password, hash) =>
          Effect.tap(hasher.verify(password, hash), () =>
            Effect.andThen(Deferred.succeed(waits, undefined), Deferred.await(isChanged)),
          ),
      })
      const login = yield* Effect.forkChild(
        Effect.result(logIn(logInCommand(account.email))).pipe(
          Effect.provide(Layer.succeed(PasswordHasher, slowHasher)),
        ),
      )
      yield* Deferred.await(waits)
      yield* changePassword(command(identity))
      yield* Deferred.succeed(isChanged, undefined)
      assert.strictEqual((yield* Fiber.join(login))._tag, "Failure")
      yield* authenticate(tokens)
      yield* logIn(logInCommand(account.email, newPassword))
    }),
  )
})
