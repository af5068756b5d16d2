import { Effect } from "effect"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { createCategory } from "../../../application/categories/CreateCategory.ts"
import { deleteCategory } from "../../../application/categories/DeleteCategory.ts"
import { listCategories } from "../../../application/categories/ListCategories.ts"
import { Api } from "./Api.ts"
import { CurrentIdentity } from "./Authentication.ts"
import { toCategoryResource } from "./CategoryResource.ts"
import { orProblem } from "./Problems.ts"

export const layer = HttpApiBuilder.group(Api, "categories", (handlers) =>
  handlers.handleAll({
    createCategory: Effect.fnUntraced(function* ({ payload }) {
      const { userId } = yield* CurrentIdentity
      const category = yield* orProblem(createCategory({ ...payload, userId }))
      return HttpApiSchema.withHeaders({
        body: { category: toCategoryResource(category) },
        headers: { location: `/api/v1/categories/${category.id}` },
      })
    }),
    listCategories: Effect.fnUntraced(function* () {
      const { userId } = yield* CurrentIdentity
      return { data: (yield* listCategories({ userId })).map(toCategoryResource) }
    }),
    deleteCategory: Effect.fnUntraced(function* ({ params }) {
      const { userId } = yield* CurrentIdentity
      yield* orProblem(deleteCategory({ userId, categoryId: params.category_id }))
    }),
  }),
)
