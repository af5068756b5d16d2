/** Holds the use cases of categories to unique names and to their owner. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { createCategory } from "../../application/categories/CreateCategory.ts"
import { deleteCategory } from "../../application/categories/DeleteCategory.ts"
import { listCategories } from "../../application/categories/ListCategories.ts"
import { now } from "../../application/shared/Now.ts"
import { memory } from "../../bootstrap/memory.ts"
import { CategoryColor, CategoryName } from "../../domain/categories/Category.ts"
import { keepUser, newCategoryId } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

const name = CategoryName.make("Garden")

layer(memory)("categories", (it) => {
  it.effect("are created with a colour or without, and listed by name", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const office = yield* createCategory({ userId, name: CategoryName.make("Office") })
      const garden = yield* createCategory({ userId, name, color: CategoryColor.make("#00ff00") })
      expect(garden).toStrictEqual({
        id: garden.id,
        userId,
        name,
        color: CategoryColor.make("#00ff00"),
        version: 1,
        createdAt: yield* now,
        updatedAt: yield* now,
      })
      expect(office.color).toBeNull()
      expect(yield* listCategories({ userId })).toStrictEqual([garden, office])
    }),
  )

  it.effect("have a name once a user, also when 20 ask for it at once", () =>
    Effect.gen(function* () {
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const results = yield* timesAtOnce(20, Effect.result(createCategory({ userId, name })))
      expect(results.filter(({ _tag }) => _tag === "Success").length).toBe(1)
      expect((yield* Effect.flip(createCategory({ userId, name })))._tag).toBe("CategoryNameTaken")
      yield* createCategory({ userId: other, name })
    }),
  )

  it.effect("are deleted by their owner, once", () =>
    Effect.gen(function* () {
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const { id: categoryId } = yield* createCategory({ userId, name })
      expect((yield* Effect.flip(deleteCategory({ userId: other, categoryId })))._tag).toBe("NotOwner")
      yield* deleteCategory({ userId, categoryId })
      expect((yield* Effect.flip(deleteCategory({ userId, categoryId })))._tag).toBe("CategoryNotFound")
      const missing = yield* Effect.flip(deleteCategory({ userId, categoryId: newCategoryId() }))
      expect(missing._tag).toBe("CategoryNotFound")
      expect(yield* listCategories({ userId })).toStrictEqual([])
    }),
  )
})
