/** The contract suite of the `ChangeSignal` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, Fiber, type Layer } from "effect"
import { ChangeSignal } from "../../application/changes/ChangeSignal.ts"
import { newUserId } from "../support/entities.ts"
import { type TimeControl, testTime, timedTests } from "../support/TimeControl.ts"

/** How often other work may run before a wake-up of this process counts as absent. */
const turns = 20

/** Whether the watcher is awake, without waiting for it. It then has to be woken again. */
export const isAwake = (next: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(next)
    for (let turn = 0; turn < turns && fiber.pollUnsafe() === undefined; turn++) yield* Effect.yieldNow
    const awake = fiber.pollUnsafe() !== undefined
    yield* Fiber.interrupt(fiber)
    return awake
  })

/** Registers the tests of every promise that a `ChangeSignal` makes to one process. */
export const suite = (
  name: string,
  signal: Layer.Layer<ChangeSignal, unknown>,
  { time = testTime }: { readonly time?: TimeControl } = {},
) =>
  layer(signal, { excludeTestServices: time.excludeTestServices })(`ChangeSignal: ${name}`, (it) => {
    const test = timedTests(it, time)

    test("wakes every watcher of a changed user, and none of another", () =>
      Effect.gen(function* () {
        const { changed, watch } = yield* ChangeSignal
        const [ada, grace] = [newUserId(), newUserId()]
        const [one, other] = [yield* watch(ada), yield* watch(ada)]
        const graces = yield* watch(grace)
        const waiting = yield* Effect.forkChild(one)
        yield* Effect.yieldNow
        yield* changed(ada)
        yield* Fiber.join(waiting)
        yield* other
        expect(yield* isAwake(graces)).toBe(false)
      }).pipe(Effect.scoped))

    test("wakes watchers of this process alone on request", () =>
      Effect.gen(function* () {
        const { wake, watch } = yield* ChangeSignal
        const userId = newUserId()
        const next = yield* watch(userId)
        yield* wake(userId)
        yield* next
        expect(yield* isAwake(next)).toBe(false)
      }).pipe(Effect.scoped))

    test("keeps a wake-up until the watcher waits, and one for any number of them", () =>
      Effect.gen(function* () {
        const { changed, watch } = yield* ChangeSignal
        const userId = newUserId()
        const next = yield* watch(userId)
        expect(yield* isAwake(next)).toBe(false)
        for (let times = 0; times < 3; times++) yield* changed(userId)
        yield* next
        expect(yield* isAwake(next)).toBe(false)
        yield* changed(userId)
        yield* next
      }).pipe(Effect.scoped))

    test("keeps a wake-up whose waiting was interrupted before it", () =>
      Effect.gen(function* () {
        const { changed, watch } = yield* ChangeSignal
        const userId = newUserId()
        const next = yield* watch(userId)
        const waiting = yield* Effect.forkChild(next)
        yield* Effect.yieldNow
        yield* Fiber.interrupt(waiting)
        yield* changed(userId)
        yield* next
      }).pipe(Effect.scoped))

    test("does not wake a watcher by what changed before it watched", () =>
      Effect.gen(function* () {
        const { changed, watch } = yield* ChangeSignal
        const userId = newUserId()
        yield* changed(userId)
        expect(yield* isAwake(yield* watch(userId))).toBe(false)
      }).pipe(Effect.scoped))

    test("names a user as long as one of its watchers is left", () =>
      Effect.gen(function* () {
        const { watch, watched } = yield* ChangeSignal
        const [ada, grace] = [newUserId(), newUserId()]
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* watch(ada)
            yield* watch(grace)
            yield* Effect.scoped(Effect.andThen(watch(ada), watch(grace)))
            expect((yield* watched).toSorted()).toEqual([ada, grace].toSorted())
          }),
        )
        expect(yield* watched).toEqual([])
      }))
  })
