/** The tests of the promise that a `UnitOfWork` stores all writes of a unit or none of them. */
import { expect, type Vitest } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber } from "effect"
import type { Repositories } from "../../../application/Ports.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { repositoryMethods, repositoryWrites } from "./writes.ts"

/** Prepares every write of every repository. `look` reads what each of them changes, by its name. */
const prepareAll = Effect.gen(function* () {
  const prepared = yield* Effect.forEach(repositoryWrites, ({ name, prepare }) =>
    Effect.map(prepare, (each) => ({ name, ...each })),
  )
  return {
    write: Effect.forEach(prepared, ({ write }) => write, { discard: true }),
    look: Effect.map(
      Effect.forEach(prepared, ({ look, name }) => Effect.map(look, (seen) => [name, seen] as const)),
      Object.fromEntries<unknown>,
    ),
  }
})

/** Asserts that the unit ran every write: what each look reads is another value than before. */
const expectAllChanged = (after: Readonly<Record<string, unknown>>, before: Readonly<Record<string, unknown>>) => {
  for (const { name } of repositoryWrites) expect(after[name], name).not.toStrictEqual(before[name])
}

export const atomicity = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("knows every method of every repository", () =>
    Effect.gen(function* () {
      const { mapUnsafe } = yield* Effect.context<Repositories>()
      for (const [key, methods] of Object.entries<object>(repositoryMethods)) {
        const port: unknown = mapUnsafe.get(key)
        expect(port, key).toBeTypeOf("object")
        expect(Object.keys(methods).toSorted()).toStrictEqual(Object.keys(port ?? {}).toSorted())
      }
    }),
  )

  it.effect.each(repositoryWrites)("undoes $name if its unit fails, and keeps it otherwise", ({ prepare }) =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const { look, write } = yield* prepare
      const before = yield* look
      const failed = atomically(Effect.andThen(write, Effect.fail("refused" as const)))
      expect(yield* Effect.flip(failed)).toBe("refused")
      expect(yield* look).toStrictEqual(before)
      yield* atomically(write)
      expect(yield* look).not.toStrictEqual(before)
    }),
  )

  it.effect("commits all writes of a unit that succeeds, and returns its value", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const { look, write } = yield* prepareAll
      const before = yield* look
      expect(yield* atomically(Effect.as(write, "done"))).toBe("done")
      expectAllChanged(yield* look, before)
    }),
  )

  it.effect("shows a unit its own writes", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const { look, write } = yield* prepareAll
      const before = yield* look
      expectAllChanged(yield* atomically(Effect.andThen(write, look)), before)
    }),
  )

  it.effect("commits no write of a unit that fails, and fails with its error", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const { look, write } = yield* prepareAll
      const before = yield* look
      const failed = Effect.andThen(write, Effect.fail("refused" as const))
      expect(yield* Effect.flip(atomically(failed))).toBe("refused")
      expect(yield* look).toStrictEqual(before)
    }),
  )

  it.effect("commits no write of a unit that dies, and dies with its defect", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const { look, write } = yield* prepareAll
      const before = yield* look
      const exit = yield* Effect.exit(atomically(Effect.andThen(write, Effect.die("broken"))))
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause) === "broken").toBe(true)
      expect(yield* look).toStrictEqual(before)
    }),
  )

  it.effect("commits no write of an interrupted unit, and lets the next one begin", () =>
    Effect.gen(function* () {
      const { atomically } = yield* UnitOfWork
      const { look, write } = yield* prepareAll
      const before = yield* look
      const written = yield* Deferred.make<void>()
      const unit = yield* Effect.forkChild(
        atomically(Effect.andThen(write, Effect.andThen(Deferred.succeed(written, undefined), Effect.never))),
      )
      yield* Deferred.await(written)
      yield* Fiber.interrupt(unit)
      expect(yield* look).toStrictEqual(before)
      yield* atomically(write)
      expectAllChanged(yield* look, before)
    }),
  )
}
