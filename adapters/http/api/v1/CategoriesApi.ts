/** Describes the endpoints of `/api/v1/categories`, with the schemas of their bodies. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { CategoryColor, CategoryName } from "../../../../domain/categories/Category.ts"
import { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import { Authentication } from "./Authentication.ts"
import { CategoryResource } from "./CategoryResource.ts"
import { ChangesCursor } from "./ChangeResource.ts"
import { conditional } from "./Conditional.ts"
import { RateLimited, Validated, VerifiedEmail, verifiedUserProblems } from "./EndpointTags.ts"
import { mutation, mutationProblems } from "./Mutation.ts"
import {
  CategoryLimitReachedProblem,
  CategoryNameTakenProblem,
  CategoryNotFoundProblem,
  MalformedJsonProblem,
  NotFoundProblem,
  NotOwnerProblem,
} from "./ProblemSchemas.ts"
import { categoryIdExample, describeEncoded } from "./SchemaAnnotations.ts"

export const CreateCategoryPayload = Schema.Struct({
  name: describeEncoded(CategoryName, {
    description: "One line of 3 to 50 characters after trimming, kept in NFC, unique.",
    example: "Home",
  }),
  color: Schema.optionalKey(
    Schema.NullOr(describeEncoded(CategoryColor, { description: "#RRGGBB, or null.", example: "#2E7D32" })),
  ),
}).annotate({ identifier: "CreateCategoryRequest" })

const categoryId = describeEncoded(CategoryId, {
  description: "The category's id.",
  example: categoryIdExample,
  format: "uuid",
})

/** The endpoints for categories. */
export const CategoriesApi = HttpApiGroup.make("categories")
  .add(
    HttpApiEndpoint.post("createCategory", "/api/v1/categories", {
      payload: CreateCategoryPayload,
      success: HttpApiSchema.WithHeaders(
        Schema.Struct({ category: CategoryResource })
          .annotate({ identifier: "CategoryResponse" })
          .pipe(HttpApiSchema.status(201)),
        {
          location: Schema.String.annotate({
            description: "Where the category is.",
            examples: [`/api/v1/categories/${categoryIdExample}`],
          }),
        },
      ),
      error: [
        CategoryNameTakenProblem,
        CategoryLimitReachedProblem,
        MalformedJsonProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(mutation)
      .annotateMerge(OpenApi.annotations({ summary: "Create a category", description: "A user has at most 1,000." })),
    HttpApiEndpoint.get("listCategories", "/api/v1/categories", {
      success: Schema.Struct({ data: Schema.Array(CategoryResource), changes_cursor: ChangesCursor }).annotate({
        identifier: "CategoryList",
      }),
      error: verifiedUserProblems,
    })
      .annotateMerge(conditional)
      .annotateMerge(OpenApi.annotations({ summary: "List categories", description: "All of yours, by name." })),
    HttpApiEndpoint.delete("deleteCategory", "/api/v1/categories/:category_id", {
      params: { category_id: categoryId },
      error: [NotOwnerProblem, CategoryNotFoundProblem, NotFoundProblem, ...mutationProblems, ...verifiedUserProblems],
    })
      .annotateMerge(mutation)
      .annotateMerge(OpenApi.annotations({ summary: "Delete a category", description: "Its tasks stay, without it." })),
  )
  .annotateEndpoints(Validated, true)
  .annotateEndpoints(VerifiedEmail, true)
  .middleware(Authentication)
  .annotateEndpoints(RateLimited, true)
  .annotateMerge(OpenApi.annotations({ title: "Categories", description: "Labels for tasks." }))
