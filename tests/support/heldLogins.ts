/** Interrupts a login between its password check and its next step, for tests of races. */
import { Deferred, Effect, Fiber, Layer } from "effect"
import { PasswordHasher } from "../../application/accounts/passwords/PasswordHasher.ts"

/** Runs the second effect after the first has verified a password and before it continues. */
export const afterCheckOf = Effect.fnUntraced(function* <A, E, R, E2, R2>(
  checking: Effect.Effect<A, E, R>,
  meanwhile: Effect.Effect<void, E2, R2>,
) {
  const hasher = yield* PasswordHasher
  const goesOn = yield* Deferred.make<void>()
  const hasChecked = yield* Deferred.make<void>()
  const held = PasswordHasher.of({
    ...hasher,
    verify: (password, hash, turn) =>
      Effect.tap(hasher.verify(password, hash, turn), () =>
        Effect.andThen(Deferred.succeed(hasChecked, undefined), Deferred.await(goesOn)),
      ),
  })
  const fiber = yield* Effect.forkChild(Effect.provide(checking, Layer.succeed(PasswordHasher, held)))
  yield* Deferred.await(hasChecked)
  yield* meanwhile
  yield* Deferred.succeed(goesOn, undefined)
  return yield* Fiber.join(fiber)
})
