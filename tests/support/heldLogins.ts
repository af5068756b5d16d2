import { Deferred, Effect, Fiber, Layer } from "effect"
import { PasswordHasher } from "../../application/accounts/passwords/PasswordHasher.ts"

/** Lets something happen after the first effect has seen a password to be right, and before it goes on. */
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
