/** The contract suite of the `CategoryRepository` port, which every adapter of it runs. */
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, type Layer } from "effect"
import type { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { CategoryColor, CategoryName, maxCategories } from "../../domain/categories/Category.ts"
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
        assert.deepStrictEqual(yield* categories.get(userId, category.id), category)
        assert.deepStrictEqual(yield* categories.get(userId, plain.id), plain)
        assert.deepStrictEqual(yield* categories.list(userId), [category, plain])
        assert.isTrue(yield* categories.exists(category.id))
      }),
    )

    it.effect("finds nothing under unknown ids", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const categoryId = newCategoryId()
        for (const found of [categories.get(userId, categoryId), categories.delete(userId, categoryId)]) {
          const error = yield* Effect.flip(found)
          assert.strictEqual(error._tag, "CategoryNotFound")
          assert.strictEqual(error.categoryId, categoryId)
        }
        assert.isFalse(yield* categories.exists(categoryId))
        assert.deepStrictEqual(yield* categories.list(userId), [])
      }),
    )

    it.effect("refuses a category name that the user already has, and only the exact name", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const first = yield* keepCategory(userId, { name: CategoryName.make("Garden") })
        const second = makeCategory(userId, { name: CategoryName.make("Garden") })
        const error = yield* Effect.flip(categories.insert(second))
        assert.strictEqual(error._tag, "CategoryNameTaken")
        assert.strictEqual(error.name, first.name)
        assert.isFalse(yield* categories.exists(second.id))
        const other = yield* keepCategory(userId, { name: CategoryName.make("garden") })
        assert.deepStrictEqual(yield* categories.list(userId), [first, other])
      }),
    )

    it.effect("lets two users have categories with the same name", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const one = yield* keepCategory(yield* keepUser)
        const other = yield* keepCategory(yield* keepUser)
        assert.strictEqual(one.name, other.name)
        assert.deepStrictEqual(yield* categories.list(one.userId), [one])
        assert.deepStrictEqual(yield* categories.list(other.userId), [other])
      }),
    )

    it.effect("inserts exactly one of 20 concurrent categories with the same name", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const rivals = Array.from({ length: 20 }, () => makeCategory(userId))
        const exits = yield* allAtOnce(rivals.map((rival) => Effect.result(categories.insert(rival))))
        const winners = rivals.filter((_, index) => exits[index]?._tag === "Success")
        assert.strictEqual(winners.length, 1)
        assert.deepStrictEqual(yield* categories.list(userId), winners)
        for (const exit of exits) {
          if (exit._tag === "Failure") assert.strictEqual(exit.failure._tag, "CategoryNameTaken")
        }
      }),
    )

    it.effect("dies if an id is inserted twice", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const first = yield* keepCategory(userId)
        const second = makeCategory(userId, { id: first.id, name: CategoryName.make("Another name") })
        assert.isTrue(Exit.hasDies(yield* Effect.exit(categories.insert(second))))
        assert.deepStrictEqual(yield* categories.list(userId), [first])
      }),
    )

    it.effect("inserts no category for a user without an account", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const category = makeCategory(newUserId())
        assert.strictEqual((yield* Effect.flip(categories.insert(category)))._tag, "AccountNotFound")
        assert.isFalse(yield* categories.exists(category.id))
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
          assert.strictEqual(results.filter(({ _tag }) => _tag === "Success").length, 5)
          for (const result of results) {
            if (result._tag === "Failure") {
              assert.deepInclude(result.failure, { _tag: "CategoryLimitReached", of: "user", limit: maxCategories })
            }
          }
          assert.strictEqual((yield* categories.list(userId)).length, 1000)

          const taken = yield* Effect.flip(categories.insert(makeCategory(userId, { name: first.name })))
          assert.strictEqual(taken._tag, "CategoryNameTaken")
          yield* keepCategory(other)
          yield* categories.delete(userId, first.id)
          yield* categories.insert({ ...first, id: newCategoryId() })
          const full = yield* Effect.flip(categories.insert(makeCategory(userId)))
          assert.strictEqual(full._tag, "CategoryLimitReached")
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
        assert.deepStrictEqual(
          listed.map(({ name }) => name),
          sorted,
        )
      }),
    )

    it.effect("hides a user's categories from every other user", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const [owner, other] = [yield* keepUser, yield* keepUser]
        const category = yield* keepCategory(owner)
        assert.strictEqual((yield* Effect.flip(categories.get(other, category.id)))._tag, "CategoryNotFound")
        assert.strictEqual((yield* Effect.flip(categories.delete(other, category.id)))._tag, "CategoryNotFound")
        assert.deepStrictEqual(yield* categories.list(other), [])
        assert.deepStrictEqual(yield* categories.list(owner), [category])
        assert.isTrue(yield* categories.exists(category.id))
      }),
    )

    it.effect("deletes a category once, and frees its name", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const kept = yield* keepCategory(userId, { name: CategoryName.make("Kitchen") })
        const deleted = yield* keepCategory(userId)
        assert.deepStrictEqual(yield* categories.delete(userId, deleted.id), deleted)
        assert.deepStrictEqual(yield* categories.list(userId), [kept])
        assert.strictEqual((yield* Effect.flip(categories.get(userId, deleted.id)))._tag, "CategoryNotFound")
        assert.strictEqual((yield* Effect.flip(categories.delete(userId, deleted.id)))._tag, "CategoryNotFound")
        assert.isFalse(yield* categories.exists(deleted.id))
        const again = yield* keepCategory(userId)
        assert.deepStrictEqual(yield* categories.list(userId), [again, kept])
      }),
    )
  })
