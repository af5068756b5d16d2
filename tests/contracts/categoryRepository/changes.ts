/** The tests of every promise that a `CategoryRepository` makes about updates and their versions. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { CategoryColor, CategoryName, change } from "../../../domain/categories/Category.ts"
import { at, keepCategory, keepUser } from "../../support/entities.ts"
import { allAtOnce } from "../../support/interleaving.ts"
import { renamed, type Stores } from "./fixtures.ts"

export const changes = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect("updates the name and the color of a category, set or cleared", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const other = yield* keepCategory(userId, { name: CategoryName.make("Other") })
      const first = yield* keepCategory(userId, { createdAt: at(1.001) })
      const color = CategoryColor.make("#A0b1C2")
      const second = change(first, { name: CategoryName.make(`"It's" %_\\ 🌻👩🏽‍🌾`), color }, at(2.999))
      yield* categories.update(first, second)
      expect(second).toMatchObject({ version: 2, createdAt: first.createdAt, updatedAt: at(2.999) })
      expect(yield* categories.get(userId, first.id)).toStrictEqual(second)
      const third = change(second, { name: first.name, color: null }, at(3))
      yield* categories.update(second, third)
      expect(yield* categories.list(userId)).toStrictEqual([third, other])
    }),
  )

  it.effect("refuses an update of another version, and returns the current category", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      yield* keepCategory(userId, { name: CategoryName.make("Taken") })
      const first = yield* keepCategory(userId)
      const current = renamed(first, "Current")
      yield* categories.update(first, current)
      const future = renamed(current, "Future")
      for (const before of [first, future]) {
        for (const name of ["Too late", "Taken"]) {
          const error = yield* Effect.flip(categories.update(before, renamed(before, name)))
          expect(error._tag).toBe("CategoryVersionConflict")
          if (error._tag === "CategoryVersionConflict") expect(error.current).toStrictEqual(current)
        }
      }
      expect(yield* categories.get(userId, first.id)).toStrictEqual(current)
    }),
  )

  it.effect("refuses a name that another category of the user has, and only the exact name", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      yield* keepCategory(other, { name: CategoryName.make("Kitchen") })
      const taken = yield* keepCategory(userId, { name: CategoryName.make("Garden") })
      const first = yield* keepCategory(userId, { name: CategoryName.make("Balcony") })
      const error = yield* Effect.flip(categories.update(first, renamed(first, "Garden")))
      expect(error).toMatchObject({ _tag: "CategoryNameTaken", name: taken.name })
      expect(yield* categories.get(userId, first.id)).toStrictEqual(first)
      // Its own name, another case, and another user's name are free.
      const colored = change(first, { color: CategoryColor.make("#A0b1C2") }, at(1))
      yield* categories.update(first, colored)
      const lower = renamed(colored, "garden")
      yield* categories.update(colored, lower)
      const kitchen = renamed(lower, "Kitchen")
      yield* categories.update(lower, kitchen)
      // Its former names are free too.
      const again = yield* keepCategory(userId, { name: first.name })
      expect(yield* categories.list(userId)).toStrictEqual([again, taken, kitchen])
    }),
  )

  it.effect("applies exactly one of 20 concurrent updates of one version", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const before = yield* keepCategory(userId)
      const wanted = Array.from({ length: 20 }, (_, index) => renamed(before, `Writer ${index}`))
      const results = yield* allAtOnce(wanted.map((after) => Effect.result(categories.update(before, after))))
      const winners = wanted.filter((_, index) => results[index]?._tag === "Success")
      expect(winners).toHaveLength(1)
      expect(yield* categories.list(userId)).toStrictEqual(winners)
      for (const result of results) {
        if (result._tag === "Success") continue
        expect(result.failure).toMatchObject({ _tag: "CategoryVersionConflict", current: winners[0] })
      }
    }),
  )

  it.effect("gives a name to exactly one of 20 categories that ask for it at once", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const rivals = []
      for (let index = 0; index < 20; index++) {
        rivals.push(yield* keepCategory(userId, { name: CategoryName.make(`Rival ${index}`) }))
      }
      const results = yield* allAtOnce(
        rivals.map((rival) => Effect.result(categories.update(rival, renamed(rival, "Wanted")))),
      )
      expect(results.filter(({ _tag }) => _tag === "Success")).toHaveLength(1)
      for (const result of results) {
        if (result._tag === "Failure") expect(result.failure._tag).toBe("CategoryNameTaken")
      }
      const names = (yield* categories.list(userId)).map(({ name }) => name)
      expect(new Set(names).size).toBe(20)
      expect(names.filter((name) => name === "Wanted")).toHaveLength(1)
    }),
  )
}
