/** The random walks' operations on categories. */
import * as fc from "fast-check"
import { CreateCategory, createCategory } from "../../../application/categories/CreateCategory.ts"
import { DeleteCategory, deleteCategory } from "../../../application/categories/DeleteCategory.ts"
import { ListCategories, listCategories } from "../../../application/categories/ListCategories.ts"
import { RestoreCategory, restoreCategory } from "../../../application/categories/RestoreCategory.ts"
import { UpdateCategory, updateCategory } from "../../../application/categories/UpdateCategory.ts"
import type { Category, CategoryColor, CategoryName } from "../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import { firstVersion, nextVersion } from "../../../domain/shared/Version.ts"
import { command, findCategory, isAnswer, isLine, lineOf } from "./Answers.ts"
import * as input from "./inputs.ts"
import { categoriesOf, divergenceOf, type Model, nowOf, recordCategory } from "./Model.ts"
import type { Plan } from "./Step.ts"
import { type Answer, malformed, unknownId } from "./Store.ts"

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
      recordCategory(model, category)
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
      model.deletedCategories.push(category)
      return { value: { category, deletedAt: nowOf(model) } }
    },
  }
}

const updateInput = fc.record(
  {
    user: input.user,
    category: input.categoryReference,
    versionAhead: input.versionRead,
    name: input.categoryName,
    color: input.color,
  },
  { requiredKeys: ["user", "category", "versionAhead"] },
)
type UpdateInput = typeof updateInput extends fc.Arbitrary<infer A> ? A : never

const update = (model: Model, { category: reference, user, versionAhead, ...fields }: UpdateInput): Plan => {
  const { id: userId } = input.userAt(model, user)
  const categoryId = input.categoryIdOf(model, userId, reference)
  const named = model.categories.find(({ id }) => id === categoryId.toLowerCase())
  const version = (named?.version ?? 1) + versionAhead
  return {
    effect: command(UpdateCategory, updateCategory, { userId, categoryId, version, ...fields }),
    expected: () => {
      const isName = fields.name === undefined || isLine(lineOf(fields.name), 3, 50)
      if (version < 1 || !isName || fields.color === "green") return malformed
      const category = findCategory(model, userId, categoryId)
      if (isAnswer(category)) return category
      const { version: current } = category
      if (version > current) return { refused: "UnknownVersion", version, current }
      const sent = { ...fields, ...(fields.name !== undefined && { name: lineOf(fields.name) }) }
      if (version < current) {
        const divergence = divergenceOf(model.categoryHistories.get(category.id), version, current, sent)
        return { refused: "StaleCategoryVersion", base: version, current: category, divergence }
      }
      const after = { ...category, ...sent } as Category
      if (after.name === category.name && after.color === category.color) return { value: category }
      return replaceCategory(model, category, after, model.categories)
    },
  }
}

const restoreInput = fc.record({ user: input.user, n: fc.nat({ max: 999 }), isDeleted: fc.boolean() })
type RestoreInput = typeof restoreInput extends fc.Arbitrary<infer A> ? A : never

const restore = (model: Model, { isDeleted, n, user }: RestoreInput): Plan => {
  const { id: userId } = input.userAt(model, user)
  const category = input.nth(isDeleted ? model.deletedCategories : model.categories, n)
  const categoryId = category?.id ?? unknownId
  return {
    effect: command(RestoreCategory, restoreCategory, { userId, categoryId }),
    expected: () => {
      if (category === undefined || (isDeleted && category.userId !== userId)) {
        return { refused: "CategoryNotFound", categoryId }
      }
      if (category.userId !== userId) return { refused: "NotOwner", resource: "category" }
      if (!isDeleted) return { refused: "NotDeleted", resource: "category" }
      return replaceCategory(model, category, category, model.deletedCategories)
    },
  }
}

/** Takes the category from where it is, and adds its next version to the categories, if its name is free. */
const replaceCategory = (model: Model, before: Category, after: Category, place: Array<Category>): Answer => {
  const { name, userId } = after
  const isTaken = categoriesOf(model, userId).some((other) => other.name === name && other.id !== after.id)
  if (isTaken) return { refused: "CategoryNameTaken", name }
  const replaced = { ...after, version: nextVersion(before.version), updatedAt: nowOf(model) }
  place.splice(place.indexOf(before), 1)
  model.categories.push(replaced)
  recordCategory(model, replaced)
  return { value: replaced }
}

/** Every operation on categories, with its input and its plan. */
export const categorySteps = {
  create: { input: createInput, plan: create },
  list: { input: fc.record({ user: input.user }), plan: list },
  update: { input: updateInput, plan: update },
  remove: { input: removeInput, plan: remove },
  restore: { input: restoreInput, plan: restore },
}
