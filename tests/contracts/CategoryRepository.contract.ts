/** The contract suite of the `CategoryRepository` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, Exit, type Layer } from "effect"
import type { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { CategoryColor, CategoryName, maxCategories } from "../../domain/categories/Category.ts"
import type { CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import { at, keepCategory, keepUser, makeCategory, newCategoryId, newUserId } from "../support/entities.ts"
import { allAtOnce } from "../support/interleaving.ts"

/** Registers the tests of every promise that a `CategoryRepository` makes. */
export const suite = (name: string, repositories: Layer.Layer<AccountRepository | CategoryRepository, unknown>) =>
  layer(repositories, { excludeTestServices: true })(`CategoryRepository: ${name}`, (it) => {
    it.effect("gives back every field of a category", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const category = makeCategory(userId, {
          name: CategoryName.make(`"Garden's" %_\\ 🌻👩🏽‍🌾`),
          color: CategoryColor.make("#A0b1C2"),
          createdAt: at(1.001),
        })
        const plain = makeCategory(userId, { name: CategoryName.make("🌻".repeat(50)), color: null })
        yield* categories.insert(category)
        yield* categories.insert(plain)
        expect(yield* categories.get(userId, category.id)).toStrictEqual(category)
        expect(yield* categories.get(userId, plain.id)).toStrictEqual(plain)
        expect(yield* categories.list(userId)).toStrictEqual([category, plain])
        expect(yield* categories.exists(category.id)).toBe(true)
      }),
    )

    it.effect("finds nothing under unknown ids", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const categoryId = newCategoryId()
        for (const found of [
          categories.get(userId, categoryId),
          categories.getDeleted(userId, categoryId),
          categories.delete(userId, categoryId, at(1)),
        ]) {
          const error = yield* Effect.flip<unknown, CategoryNotFound, never>(found)
          expect(error._tag).toBe("CategoryNotFound")
          expect(error.categoryId).toBe(categoryId)
        }
        expect(yield* categories.exists(categoryId)).toBe(false)
        expect(yield* categories.list(userId)).toStrictEqual([])
      }),
    )

    it.effect("refuses a category name that the user already has, and only the exact name", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const first = yield* keepCategory(userId, { name: CategoryName.make("Garden") })
        const second = makeCategory(userId, { name: CategoryName.make("Garden") })
        const error = yield* Effect.flip(categories.insert(second))
        expect(error._tag).toBe("CategoryNameTaken")
        expect(error.name).toBe(first.name)
        expect(yield* categories.exists(second.id)).toBe(false)
        const other = yield* keepCategory(userId, { name: CategoryName.make("garden") })
        expect(yield* categories.list(userId)).toStrictEqual([first, other])
      }),
    )

    it.effect("lets two users have categories with the same name", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const one = yield* keepCategory(yield* keepUser)
        const other = yield* keepCategory(yield* keepUser)
        expect(one.name).toBe(other.name)
        expect(yield* categories.list(one.userId)).toStrictEqual([one])
        expect(yield* categories.list(other.userId)).toStrictEqual([other])
      }),
    )

    it.effect("inserts exactly one of 20 concurrent categories with the same name", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const rivals = Array.from({ length: 20 }, () => makeCategory(userId))
        const exits = yield* allAtOnce(rivals.map((rival) => Effect.result(categories.insert(rival))))
        const winners = rivals.filter((_, index) => exits[index]?._tag === "Success")
        expect(winners.length).toBe(1)
        expect(yield* categories.list(userId)).toStrictEqual(winners)
        for (const exit of exits) {
          if (exit._tag === "Failure") expect(exit.failure._tag).toBe("CategoryNameTaken")
        }
      }),
    )

    it.effect("dies if an id is inserted twice", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const first = yield* keepCategory(userId)
        const second = makeCategory(userId, { id: first.id, name: CategoryName.make("Another name") })
        expect(Exit.hasDies(yield* Effect.exit(categories.insert(second)))).toBe(true)
        expect(yield* categories.list(userId)).toStrictEqual([first])
      }),
    )

    it.effect("inserts no category for a user without an account", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const category = makeCategory(newUserId())
        expect((yield* Effect.flip(categories.insert(category)))._tag).toBe("AccountNotFound")
        expect(yield* categories.exists(category.id)).toBe(false)
      }),
    )

    it.effect(
      "inserts at most 1,000 categories per user, also concurrently",
      () =>
        Effect.gen(function* () {
          const categories = yield* CategoryRepository
          const [userId, other] = [yield* keepUser, yield* keepUser]
          const labels = Array.from({ length: maxCategories + 15 }, (_, index) =>
            makeCategory(userId, { name: CategoryName.make(`Label ${String(index).padStart(4, "0")}`) }),
          )
          const [first] = labels
          if (first === undefined) return
          yield* Effect.forEach(labels.slice(0, maxCategories - 5), categories.insert, { concurrency: 20 })
          const last = labels.slice(maxCategories - 5)
          const results = yield* allAtOnce(last.map((category) => Effect.result(categories.insert(category))))
          expect(results.filter(({ _tag }) => _tag === "Success").length).toBe(5)
          for (const result of results) {
            if (result._tag === "Failure") {
              expect(result.failure).toMatchObject({ _tag: "CategoryLimitReached", of: "user", limit: maxCategories })
            }
          }
          expect((yield* categories.list(userId)).length).toBe(1000)

          const taken = yield* Effect.flip(categories.insert(makeCategory(userId, { name: first.name })))
          expect(taken._tag).toBe("CategoryNameTaken")
          yield* keepCategory(other)
          yield* categories.delete(userId, first.id, at(1))
          yield* categories.insert({ ...first, id: newCategoryId() })
          const full = yield* Effect.flip(categories.insert(makeCategory(userId)))
          expect(full._tag).toBe("CategoryLimitReached")
        }),
      120_000,
    )

    it.effect("lists categories by name in code point order", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        // An emoji (U+1F33B) sorts after U+FF5E, although its first UTF-16 unit (0xD83C) is less.
        const sorted = ["ABC", "Z bc", "Zab", "a bc", "abc", "abcd", "äbc", "～～～", "🌻🌻🌻"].map((text) =>
          CategoryName.make(text),
        )
        for (const name of [...sorted].reverse()) yield* keepCategory(userId, { name })
        const listed = yield* categories.list(userId)
        expect(listed.map(({ name }) => name)).toStrictEqual(sorted)
      }),
    )

    it.effect("hides a user's categories from every other user", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const [owner, other] = [yield* keepUser, yield* keepUser]
        const category = yield* keepCategory(owner)
        expect((yield* Effect.flip(categories.get(other, category.id)))._tag).toBe("CategoryNotFound")
        expect((yield* Effect.flip(categories.delete(other, category.id, at(1))))._tag).toBe("CategoryNotFound")
        expect(yield* categories.list(other)).toStrictEqual([])
        expect(yield* categories.list(owner)).toStrictEqual([category])
        expect(yield* categories.exists(category.id)).toBe(true)
      }),
    )

    it.effect("deletes a category once, and frees its name", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const kept = yield* keepCategory(userId, { name: CategoryName.make("Kitchen") })
        const deleted = yield* keepCategory(userId)
        expect(yield* categories.delete(userId, deleted.id, at(1))).toStrictEqual({
          category: deleted,
          deletedAt: at(1),
        })
        expect(yield* categories.list(userId)).toStrictEqual([kept])
        expect((yield* Effect.flip(categories.get(userId, deleted.id)))._tag).toBe("CategoryNotFound")
        expect((yield* Effect.flip(categories.delete(userId, deleted.id, at(2))))._tag).toBe("CategoryNotFound")
        expect(yield* categories.exists(deleted.id)).toBe(false)
        const again = yield* keepCategory(userId)
        expect(yield* categories.list(userId)).toStrictEqual([again, kept])
      }),
    )
  })
