/** Connects the endpoints for categories to their use cases. */
import { Effect } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { createCategory } from "../../../../application/categories/CreateCategory.ts"
import { deleteCategory } from "../../../../application/categories/DeleteCategory.ts"
import { snapshotCategories } from "../../../../application/categories/SnapshotCategories.ts"
import * as ChangeCursor from "../../../../domain/changes/ChangeCursor.ts"
import type { CategoriesApi } from "../../api/v1/CategoriesApi.ts"
import { toCategoryResource } from "../../api/v1/CategoryResource.ts"
import { type Handlers, mutation, noContent } from "./Handlers.ts"

export const categoriesHandlers: Handlers<typeof CategoriesApi> = {
  createCategory: mutation(
    ({ payload }, { identity: { userId } }) => createCategory({ ...payload, userId }),
    (category) =>
      HttpApiSchema.withHeaders({
        body: { category: toCategoryResource(category) },
        headers: { location: `/api/v1/categories/${category.id}` },
      }),
  ),
  listCategories: Effect.fnUntraced(function* (_, { identity: { userId } }) {
    const { categories, latest } = yield* snapshotCategories({ userId })
    return { data: categories.map(toCategoryResource), changes_cursor: ChangeCursor.encode(latest) }
  }),
  deleteCategory: mutation(
    ({ params }, { identity: { userId } }) => deleteCategory({ userId, categoryId: params.category_id }),
    noContent,
  ),
}
