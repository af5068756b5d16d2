/** The contract suite of the `CategoryRepository` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, Exit, type Layer } from "effect"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { CategoryColor, CategoryName, change, maxCategories, restore } from "../../domain/categories/Category.ts"
import { at, keepCategory, keepUser, makeCategory, newCategoryId, newUserId } from "../support/entities.ts"
import { allAtOnce } from "../support/interleaving.ts"
import { changes } from "./categoryRepository/changes.ts"
import { deletion } from "./categoryRepository/deletion.ts"
import type { Stores } from "./categoryRepository/fixtures.ts"

/** Registers the tests of every promise that a `CategoryRepository` makes. */
export const suite = (name: string, repositories: Layer.Layer<Stores, unknown>) =>
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

    it.effect("lists the same in a snapshot, with a place that every change moves", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const empty = yield* categories.snapshot(userId)
        expect([empty.categories, empty.latest.seq]).toStrictEqual([[], 0])
        const garden = yield* keepCategory(userId, { name: CategoryName.make("Garden") })
        const attic = yield* keepCategory(userId, { name: CategoryName.make("Attic") })
        const full = yield* categories.snapshot(userId)
        expect([full.categories, full.latest.seq]).toStrictEqual([[attic, garden], 2])
        yield* categories.delete(userId, attic.id, at(1))
        const { categories: rest, latest } = yield* categories.snapshot(userId)
        expect([rest, latest.seq]).toStrictEqual([[garden], 3])
        expect(latest.mark).not.toBe(full.latest.mark)
        expect((yield* Effect.flip(categories.snapshot(newUserId())))._tag).toBe("AccountNotFound")
      }),
    )

    it.effect("finds nothing under unknown ids", () =>
      Effect.gen(function* () {
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const unknown = makeCategory(userId)
        const { id: categoryId } = unknown
        const deleted = { category: unknown, deletedAt: at(1) }
        for (const found of [
          categories.get(userId, categoryId),
          categories.getDeleted(userId, categoryId),
          categories.delete(userId, categoryId, at(1)),
          categories.update(unknown, change(unknown, { color: CategoryColor.make("#A0b1C2") }, at(1))),
          categories.restore(deleted, restore(deleted, at(2))),
        ]) {
          const error = yield* Effect.flip<unknown, { readonly _tag: string; readonly categoryId?: string }, never>(
            found,
          )
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
          const gone = yield* categories.delete(userId, first.id, at(1))
          yield* categories.insert({ ...first, id: newCategoryId(), name: CategoryName.make("In its place") })
          const full = yield* Effect.flip(categories.insert(makeCategory(userId)))
          expect(full._tag).toBe("CategoryLimitReached")
          // A deleted category does not count, and a restored one does.
          const excess = yield* Effect.flip(categories.restore(gone, restore(gone, at(2))))
          expect(excess).toMatchObject({ _tag: "CategoryLimitReached", of: "user", limit: maxCategories })
          const [, second] = yield* categories.list(userId)
          if (second === undefined) return
          yield* categories.delete(userId, second.id, at(3))
          yield* categories.restore(gone, restore(gone, at(4)))
          expect((yield* categories.list(userId)).length).toBe(1000)
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
        const stolen = { ...category, userId: other }
        const theft = categories.update(stolen, change(stolen, { name: CategoryName.make("Stolen") }, at(1)))
        expect((yield* Effect.flip(theft))._tag).toBe("CategoryNotFound")
        const gone = yield* keepCategory(owner, { name: CategoryName.make("Gone") })
        const deleted = yield* categories.delete(owner, gone.id, at(1))
        expect((yield* Effect.flip(categories.getDeleted(other, gone.id)))._tag).toBe("CategoryNotFound")
        const stolenDeleted = { ...deleted, category: { ...gone, userId: other } }
        const restoring = categories.restore(stolenDeleted, restore(stolenDeleted, at(2)))
        expect((yield* Effect.flip(restoring))._tag).toBe("CategoryNotFound")
        expect(yield* categories.getDeleted(owner, gone.id)).toStrictEqual(deleted)
        expect(yield* categories.list(other)).toStrictEqual([])
        expect(yield* categories.list(owner)).toStrictEqual([category])
        expect(yield* categories.exists(category.id)).toBe(true)
      }),
    )

    changes(it)
    deletion(it)
  })
