/** The tests of every promise that a `CategoryRepository` makes about deleted categories. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { CategoryColor, CategoryName, restore } from "../../../domain/categories/Category.ts"
import { at, keepCategory, keepUser } from "../../support/entities.ts"
import { allAtOnce, timesAtOnce } from "../../support/interleaving.ts"
import { renamed, type Stores } from "./fixtures.ts"

export const deletion = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect("finds a deleted category only among the deleted, and frees its name", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const kept = yield* keepCategory(userId, { name: CategoryName.make("Kitchen") })
      const deleted = yield* keepCategory(userId, { color: CategoryColor.make("#A0b1C2") })
      const expected = { category: deleted, deletedAt: at(1.001) }
      expect(yield* categories.delete(userId, deleted.id, at(1.001))).toStrictEqual(expected)
      expect(yield* categories.list(userId)).toStrictEqual([kept])
      const attempts = [
        categories.get(userId, deleted.id),
        categories.delete(userId, deleted.id, at(2)),
        categories.update(deleted, renamed(deleted, "Renamed")),
        categories.getDeleted(userId, kept.id),
      ]
      for (const attempt of attempts) {
        const error = yield* Effect.flip<unknown, { readonly _tag: string }, never>(attempt)
        expect(error._tag).toBe("CategoryNotFound")
      }
      expect(yield* categories.exists(deleted.id)).toBe(false)
      expect(yield* categories.getDeleted(userId, deleted.id)).toStrictEqual(expected)
      const again = yield* keepCategory(userId)
      expect(yield* categories.list(userId)).toStrictEqual([again, kept])
    }),
  )

  it.effect("deletes a category in exactly one of 20 concurrent calls", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const { id, userId } = yield* Effect.flatMap(keepUser, (userId) => keepCategory(userId))
      const results = yield* timesAtOnce(20, Effect.result(categories.delete(userId, id, at(1))))
      expect(results.filter(({ _tag }) => _tag === "Success")).toHaveLength(1)
      for (const result of results) {
        if (result._tag === "Failure") expect(result.failure._tag).toBe("CategoryNotFound")
      }
    }),
  )

  it.effect("restores a deleted category, once", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const category = yield* keepCategory(userId)
      const deleted = yield* categories.delete(userId, category.id, at(1))
      const restored = restore(deleted, at(2))
      expect(restored).toStrictEqual({ ...category, version: 2, updatedAt: at(2) })
      yield* categories.restore(deleted, restored)
      expect(yield* categories.get(userId, category.id)).toStrictEqual(restored)
      expect(yield* categories.list(userId)).toStrictEqual([restored])
      expect(yield* categories.exists(category.id)).toBe(true)
      for (const gone of [categories.getDeleted(userId, category.id), categories.restore(deleted, restored)]) {
        const error = yield* Effect.flip<unknown, { readonly _tag: string }, never>(gone)
        expect(error._tag).toBe("CategoryNotFound")
      }
      const after = renamed(restored, "Renamed")
      yield* categories.update(restored, after)
      expect(yield* categories.list(userId)).toStrictEqual([after])
    }),
  )

  it.effect("does not restore a category that was never deleted", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const category = yield* keepCategory(userId)
      const deleted = { category, deletedAt: at(1) }
      expect((yield* Effect.flip(categories.restore(deleted, restore(deleted, at(2)))))._tag).toBe("CategoryNotFound")
      expect(yield* categories.list(userId)).toStrictEqual([category])
    }),
  )

  it.effect("does not restore a category with a name that another one has", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const category = yield* keepCategory(userId)
      const deleted = yield* categories.delete(userId, category.id, at(1))
      const other = yield* keepCategory(userId)
      const error = yield* Effect.flip(categories.restore(deleted, restore(deleted, at(2))))
      expect(error).toMatchObject({ _tag: "CategoryNameTaken", name: category.name })
      expect(yield* categories.list(userId)).toStrictEqual([other])
      expect(yield* categories.getDeleted(userId, category.id)).toStrictEqual(deleted)
      const freed = renamed(other, "Renamed")
      yield* categories.update(other, freed)
      const restored = restore(deleted, at(3))
      yield* categories.restore(deleted, restored)
      expect(yield* categories.list(userId)).toStrictEqual([restored, freed])
    }),
  )

  it.effect("restores exactly one of 20 concurrent categories with the same name", () =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const rivals = []
      for (let index = 0; index < 20; index++) {
        const { id } = yield* keepCategory(userId)
        rivals.push(yield* categories.delete(userId, id, at(index)))
      }
      const results = yield* allAtOnce(
        rivals.map((rival) => Effect.result(categories.restore(rival, restore(rival, at(30))))),
      )
      expect(results.filter(({ _tag }) => _tag === "Success")).toHaveLength(1)
      for (const result of results) {
        if (result._tag === "Failure") expect(result.failure._tag).toBe("CategoryNameTaken")
      }
      expect(yield* categories.list(userId)).toHaveLength(1)
    }),
  )
}
