/** Tests when a kept response to a list is returned, and when the list is read again. */
import { expect, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { type KeptPageLimits, makeKeptPages, type PageRead } from "../../../adapters/http/server/handlers/KeptPages.ts"
import { HttpResponse } from "../../../adapters/http/server/response/HttpResponse.ts"
import type { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { latestChange } from "../../../application/changes/LatestChange.ts"
import { memory } from "../../../bootstrap/memory.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { keepTask, keepUser, newUserId } from "../../support/entities.ts"

const limits: KeptPageLimits = { lifetimeMillis: 60_000, pageUnits: 2_000, userUnits: 4_000, totalUnits: 5_000 }

/** Makes a store of kept pages, over a list that responds with the number of the read. */
const makeList = ({ length = 1, isTimeless = true } = {}) => {
  const keptPages = makeKeptPages(limits)
  let reads = 0
  const read = Effect.fnUntraced(function* (userId: UserId) {
    const latest = yield* latestChange({ userId })
    const response = new HttpResponse(200, {}, `${++reads}`.padEnd(length))
    return { response, latest: isTimeless ? latest : null }
  })
  const list = (userId: UserId, url = "/list", from: Read = read(userId)) =>
    Effect.map(keptPages.respond(userId, url, from), ({ body }) => Number(String(body).trim()))
  return { ...keptPages, list, read }
}
type Read = Effect.Effect<PageRead, "refused", ChangeRepository>

layer(memory)("kept pages of lists", (it) => {
  it.effect("are returned until something of their user changes", () =>
    Effect.gen(function* () {
      const { list } = makeList()
      const [ada, bob] = [yield* keepUser, yield* keepUser]
      expect([yield* list(ada), yield* list(ada), yield* list(bob), yield* list(bob)]).toEqual([1, 1, 2, 2])
      yield* keepTask(ada)
      expect([yield* list(ada), yield* list(ada), yield* list(bob)]).toEqual([3, 3, 2])
    }),
  )

  it.effect("have a URL each", () =>
    Effect.gen(function* () {
      const { list } = makeList()
      const ada = yield* keepUser
      expect([yield* list(ada, "/a"), yield* list(ada, "/b"), yield* list(ada, "/a")]).toEqual([1, 2, 1])
    }),
  )

  it.effect("are read again after their lifetime", () =>
    Effect.gen(function* () {
      const { list } = makeList()
      const ada = yield* keepUser
      yield* list(ada)
      yield* TestClock.adjust(limits.lifetimeMillis - 1)
      expect(yield* list(ada)).toBe(1)
      yield* TestClock.adjust(1)
      expect([yield* list(ada), yield* list(ada)]).toEqual([2, 2])
    }),
  )

  it.effect("are not those of a filter that depends on the time", () =>
    Effect.gen(function* () {
      const { list } = makeList({ isTimeless: false })
      const ada = yield* keepUser
      expect([yield* list(ada), yield* list(ada)]).toEqual([1, 2])
    }),
  )

  it.effect("are not longer than a page may be", () =>
    Effect.gen(function* () {
      const { list } = makeList({ length: limits.pageUnits })
      const ada = yield* keepUser
      expect([yield* list(ada), yield* list(ada)]).toEqual([1, 2])
    }),
  )

  it.effect("are those of the users that read last", () =>
    Effect.gen(function* () {
      const { list } = makeList({ length: 1_000 })
      const [ada, bob, cyd, dan] = [yield* keepUser, yield* keepUser, yield* keepUser, yield* keepUser]
      for (const user of [ada, bob, cyd, ada, dan]) yield* list(user)
      expect([yield* list(ada), yield* list(cyd), yield* list(dan), yield* list(bob)]).toEqual([1, 3, 4, 5])
    }),
  )

  it.effect("are as many of a user as a user may have", () =>
    Effect.gen(function* () {
      const { list } = makeList({ length: 1_000 })
      const [ada, bob] = [yield* keepUser, yield* keepUser]
      yield* list(bob)
      for (const url of ["/a", "/b", "/c", "/d"]) yield* list(ada, url)
      // The third found no room, so it is kept without the first two.
      const again = [yield* list(ada, "/c"), yield* list(ada, "/d"), yield* list(ada, "/a"), yield* list(bob)]
      expect(again).toEqual([4, 5, 6, 1])
    }),
  )

  it.effect("make room when they are replaced", () =>
    Effect.gen(function* () {
      const { list } = makeList({ length: 1_000 })
      const [ada, bob] = [yield* keepUser, yield* keepUser]
      yield* list(ada)
      for (let change = 0; change < 10; change++) {
        yield* keepTask(bob)
        yield* list(bob)
        yield* TestClock.adjust(limits.lifetimeMillis / 20)
        yield* list(bob)
      }
      expect(yield* list(ada)).toBe(1)
    }),
  )

  it.effect("are not those of a list during which something changed", () =>
    Effect.gen(function* () {
      const { list, read } = makeList()
      const ada = yield* keepUser
      const [begun, written] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const slowly = Effect.tap(read(ada), () =>
        Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(written)),
      )
      const reading = yield* Effect.forkChild(list(ada, "/list", slowly))
      yield* Deferred.await(begun)
      yield* keepTask(ada)
      expect(yield* list(ada)).toBe(2)
      yield* Deferred.succeed(written, undefined)
      expect([yield* Fiber.join(reading), yield* list(ada)]).toEqual([1, 2])
    }),
  )

  it.effect("are read again when they are forgotten", () =>
    Effect.gen(function* () {
      const { forget, list } = makeList()
      const [ada, bob] = [yield* keepUser, yield* keepUser]
      expect([yield* list(ada), yield* list(bob)]).toEqual([1, 2])
      forget(ada)
      expect([yield* list(ada), yield* list(ada), yield* list(bob)]).toEqual([3, 3, 2])
    }),
  )

  it.effect("do not include an error, nor the list of a user without an account", () =>
    Effect.gen(function* () {
      const { list } = makeList()
      const [ada, stranger] = [yield* keepUser, newUserId()]
      const refused = Effect.fail("refused" as const)
      expect(yield* Effect.flip(list(ada, "/list", refused))).toBe("refused")
      expect([yield* list(ada), yield* list(stranger), yield* list(stranger)]).toEqual([1, 2, 3])
    }),
  )
})
