/** The random walks' operations on categories. */
import * as fc from "fast-check"
import { CreateCategory, createCategory } from "../../../application/categories/CreateCategory.ts"
import { DeleteCategory, deleteCategory } from "../../../application/categories/DeleteCategory.ts"
import { ListCategories, listCategories } from "../../../application/categories/ListCategories.ts"
import type { Category, CategoryColor, CategoryName } from "../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import { firstVersion } from "../../../domain/shared/Version.ts"
import { command, findCategory, isAnswer, isLine, lineOf } from "./Answers.ts"
import * as input from "./inputs.ts"
import { categoriesOf, type Model, nowOf } from "./Model.ts"
import type { Plan } from "./Step.ts"
import { malformed } from "./Store.ts"

const createInput = fc.record(
  { user: input.user, name: input.categoryName, color: input.color },
  { requiredKeys: ["user", "name"] },
)
type CreateInput = typeof createInput extends fc.Arbitrary<infer A> ? A : never

const create = (model: Model, { user, ...fields }: CreateInput): Plan => {
  const { id: userId } = input.userAt(model, user)
  return {
    effect: command(CreateCategory, createCategory, { userId, ...fields }),
    expected: ({ id }) => {
      const name = lineOf(fields.name) as CategoryName
      if (!isLine(name, 3, 50) || fields.color === "green") return malformed
      if (categoriesOf(model, userId).some((category) => category.name === name)) {
        return { refused: "CategoryNameTaken", name }
      }
      const color = (fields.color ?? null) as CategoryColor | null
      const created = { version: firstVersion, createdAt: nowOf(model), updatedAt: nowOf(model) }
      const category: Category = { id: id as CategoryId, userId, name, color, ...created }
      model.categories.push(category)
      return { value: category }
    },
  }
}

const list = (model: Model, { user }: { readonly user: number }): Plan => {
  const { id: userId } = input.userAt(model, user)
  return {
    effect: command(ListCategories, listCategories, { userId }),
    expected: () => ({ value: categoriesOf(model, userId) }),
  }
}

const removeInput = fc.record({ user: input.user, category: input.categoryReference })
type RemoveInput = typeof removeInput extends fc.Arbitrary<infer A> ? A : never

const remove = (model: Model, { category: reference, user }: RemoveInput): Plan => {
  const { id: userId } = input.userAt(model, user)
  const categoryId = input.categoryIdOf(model, userId, reference)
  return {
    effect: command(DeleteCategory, deleteCategory, { userId, categoryId }),
    expected: () => {
      const category = findCategory(model, userId, categoryId)
      if (isAnswer(category)) return category
      model.categories.splice(model.categories.indexOf(category), 1)
      for (const { categoryIds } of model.tasks) categoryIds.delete(category.id)
      return { value: { category, deletedAt: nowOf(model) } }
    },
  }
}

/** Every operation on categories, with its input and its plan. */
export const categorySteps = {
  create: { input: createInput, plan: create },
  list: { input: fc.record({ user: input.user }), plan: list },
  remove: { input: removeInput, plan: remove },
}
