/** Holds the poll to waking the watchers of one process by the changes of another. */
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { describe } from "vitest"
import * as MemoryChangeSignal from "../../adapters/memory/state/MemoryChangeSignal.ts"
import { ChangeRepository } from "../../application/changes/ChangeRepository.ts"
import { ChangeSignal } from "../../application/changes/ChangeSignal.ts"
import { pollChanges } from "../../application/changes/PollChanges.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { SequenceNumber } from "../../domain/changes/Change.ts"
import { isAwake } from "../contracts/ChangeSignal.contract.ts"
import { newUserId } from "../support/entities.ts"

/** A store that other processes write to, and that can be unavailable. */
const makeStore = () => {
  const places = new Map<UserId, number>()
  const reads: Array<ReadonlyArray<UserId>> = []
  const state = { isAway: false }
  const latestOf = (users: ReadonlyArray<UserId>) =>
    Effect.suspend(() => {
      reads.push(users)
      if (state.isAway) return Effect.die(new Unavailable({ dependency: "the database", retryAfterMillis: 1_000 }))
      return Effect.succeed(
        new Map(
          users.flatMap((userId) => {
            const place = places.get(userId)
            return place === undefined ? [] : [[userId, SequenceNumber.make(place)] as const]
          }),
        ),
      )
    })
  return { places, reads, state, layer: Layer.mock(ChangeRepository, { latestOf }) }
}

type Store = ReturnType<typeof makeStore>

const polled = (title: string, test: (store: Store) => Effect.Effect<void, unknown, ChangeSignal | Scope.Scope>) =>
  it.effect(title, () => {
    const store = makeStore()
    return test(store).pipe(
      Effect.scoped,
      Effect.provide(pollChanges.pipe(Layer.provide(store.layer), Layer.provideMerge(MemoryChangeSignal.layer))),
    )
  })

const aSecond = TestClock.adjust("1 second")

describe("pollChanges", () => {
  polled("wakes the watchers of a user within a second of a change, and no others", ({ places }) =>
    Effect.gen(function* () {
      const { watch } = yield* ChangeSignal
      const [ada, grace] = [newUserId(), newUserId()]
      places.set(ada, 1).set(grace, 1)
      const [adas, graces] = [yield* watch(ada), yield* watch(grace)]
      yield* aSecond
      expect([yield* isAwake(adas), yield* isAwake(graces)]).toEqual([true, true])
      yield* aSecond
      expect([yield* isAwake(adas), yield* isAwake(graces)]).toEqual([false, false])
      places.set(ada, 2)
      yield* aSecond
      expect([yield* isAwake(adas), yield* isAwake(graces)]).toEqual([true, false])
    }),
  )

  polled("wakes the watchers of a user whose history became shorter, or whose account was deleted", ({ places }) =>
    Effect.gen(function* () {
      const { watch } = yield* ChangeSignal
      const userId = newUserId()
      places.set(userId, 7)
      const next = yield* watch(userId)
      yield* aSecond
      expect(yield* isAwake(next)).toBe(true)
      places.set(userId, 3)
      yield* aSecond
      expect(yield* isAwake(next)).toBe(true)
      places.delete(userId)
      yield* aSecond
      expect(yield* isAwake(next)).toBe(true)
      yield* aSecond
      expect(yield* isAwake(next)).toBe(false)
    }),
  )

  polled("reads nothing while no user is watched, and a bounded number of users at a time", ({ reads }) =>
    Effect.gen(function* () {
      const { watch } = yield* ChangeSignal
      yield* aSecond
      expect(reads).toEqual([])
      const users = Array.from({ length: 1_001 }, newUserId)
      for (const userId of users) yield* watch(userId)
      yield* aSecond
      expect(reads.map(({ length }) => length)).toEqual([1_000, 1])
      expect(reads.flat()).toEqual(users)
    }),
  )

  it.effect("finds what changed while the store was away, and logs an outage once", () =>
    Effect.gen(function* () {
      const store = makeStore()
      const lines: Array<unknown> = []
      yield* Effect.gen(function* () {
        const { watch } = yield* ChangeSignal
        const userId = newUserId()
        store.places.set(userId, 1)
        const next = yield* watch(userId)
        yield* aSecond
        expect(yield* isAwake(next)).toBe(true)
        store.state.isAway = true
        store.places.set(userId, 2)
        yield* TestClock.adjust("5 seconds")
        expect(yield* isAwake(next)).toBe(false)
        store.state.isAway = false
        yield* aSecond
        expect(yield* isAwake(next)).toBe(true)
        expect(lines).toEqual(["Could not look for changes; trying again."])
      }).pipe(
        Effect.scoped,
        Effect.provide(
          pollChanges.pipe(
            Layer.provide(store.layer),
            Layer.provideMerge(MemoryChangeSignal.layer),
            Layer.provide(
              Logger.layer([
                Logger.make(({ message }) => lines.push(...(Array.isArray(message) ? message : [message]).slice(0, 1))),
              ]),
            ),
          ),
        ),
      )
    }),
  )
})
