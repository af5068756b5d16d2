/** Connects the endpoints for categories to their use cases. */
import { Effect } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { createCategory } from "../../../../application/categories/CreateCategory.ts"
import { deleteCategory } from "../../../../application/categories/DeleteCategory.ts"
import { restoreCategory } from "../../../../application/categories/RestoreCategory.ts"
import { snapshotCategories } from "../../../../application/categories/SnapshotCategories.ts"
import { updateCategory } from "../../../../application/categories/UpdateCategory.ts"
import type { Category } from "../../../../domain/categories/Category.ts"
import * as ChangeCursor from "../../../../domain/changes/ChangeCursor.ts"
import type { CategoriesApi } from "../../api/v1/CategoriesApi.ts"
import { toCategoryResource } from "../../api/v1/CategoryResource.ts"
import { type Handlers, mutation, noContent } from "./Handlers.ts"
import { checkIfMatch, checkVersion } from "./Preconditions.ts"

/** Every change of a category raises its version, so the version names the representation. */
const categoryResponse = (category: Category) =>
  HttpApiSchema.withHeaders({
    body: { category: toCategoryResource(category) },
    headers: { etag: `"${category.version}"` },
  })

const newCategoryResponse = (category: Category) => {
  const { body, headers } = categoryResponse(category)
  return HttpApiSchema.withHeaders({ body, headers: { location: `/api/v1/categories/${category.id}`, ...headers } })
}

export const categoriesHandlers: Handlers<typeof CategoriesApi> = {
  createCategory: mutation(
    ({ payload }, { identity: { userId } }) => createCategory({ ...payload, userId }),
    newCategoryResponse,
  ),
  listCategories: Effect.fnUntraced(function* (_, { identity: { userId } }) {
    const { categories, latest } = yield* snapshotCategories({ userId })
    return { data: categories.map(toCategoryResource), changes_cursor: ChangeCursor.encode(latest) }
  }),
  updateCategory: mutation(({ headers, params, payload: { version: read, ...changes } }, { identity: { userId } }) => {
    const change = { ...changes, userId, categoryId: params.category_id }
    return checkVersion(headers["if-match"], read, (version) => updateCategory({ ...change, version }))
  }, categoryResponse),
  deleteCategory: mutation(({ headers, params }, { identity: { userId } }) => {
    const category = { userId, categoryId: params.category_id }
    return checkIfMatch(headers["if-match"], (version) => deleteCategory({ ...category, version }))
  }, noContent),
  restoreCategory: mutation(({ headers, params }, { identity: { userId } }) => {
    const category = { userId, categoryId: params.category_id }
    return checkIfMatch(headers["if-match"], (version) => restoreCategory({ ...category, version }))
  }, categoryResponse),
}
