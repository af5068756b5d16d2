/** Describes the endpoints of `/api/v1/categories`, with the schemas of their bodies. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { CategoryColor, CategoryName } from "../../../../domain/categories/Category.ts"
import { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import { Version } from "../../../../domain/shared/Version.ts"
import { Authentication } from "./Authentication.ts"
import { CategoryResource } from "./CategoryResource.ts"
import { ChangesCursor } from "./ChangeResource.ts"
import { conditional, PayloadWithoutIfMatch } from "./Conditional.ts"
import { allowTokens, RateLimited, Validated, VerifiedEmail, verifiedUserProblems } from "./EndpointTags.ts"
import { mutation, mutationProblems } from "./Mutation.ts"
import {
  CategoryLimitReachedProblem,
  CategoryNameTakenProblem,
  CategoryNotFoundProblem,
  InvalidEtagProblem,
  MalformedJsonProblem,
  NotDeletedProblem,
  NotFoundProblem,
  NotOwnerProblem,
  PreconditionMismatchProblem,
  UnknownVersionProblem,
} from "./ProblemSchemas.ts"
import { categoryIdExample, describeEncoded } from "./SchemaAnnotations.ts"
import { CategoryPreconditionFailedProblem, CategoryVersionConflictProblem } from "./VersionConflict.ts"

const name = describeEncoded(CategoryName, {
  description: "One line of 3 to 50 characters after trimming, kept in NFC, unique.",
  example: "Home",
})
const color = Schema.NullOr(describeEncoded(CategoryColor, { description: "#RRGGBB, or null.", example: "#2E7D32" }))

export const CreateCategoryPayload = Schema.Struct({ name, color: Schema.optionalKey(color) }).annotate({
  identifier: "CreateCategoryRequest",
})

const versionRead = describeEncoded(Version, {
  description: "The version that you read. Required, unless `If-Match` names it.",
  example: 1,
})
const changes = { name: Schema.optionalKey(name), color: Schema.optionalKey(color) }
/** The fields of a change. */
export const CategoryChangesPayload = Schema.Struct(changes)

export const UpdateCategoryPayload = Schema.Struct({ version: Schema.optionalKey(versionRead), ...changes }).annotate({
  identifier: "UpdateCategoryRequest",
  examples: [{ version: Version.make(1) }],
})
const UpdateCategoryPayloadWithoutIfMatch = Schema.Struct({ version: versionRead, ...changes })

const CategoryResponse = Schema.Struct({ category: CategoryResource }).annotate({ identifier: "CategoryResponse" })

const etag = Schema.String.annotate({ description: "The category's version, quoted.", examples: ['"1"'] })

const ifMatch = {
  "if-match": Schema.optionalKey(
    Schema.String.annotate({
      description:
        "The `ETag` that you read, several, or `*` for any. If the category has another version, nothing happens and the response is 412.",
      examples: ['"1"'],
    }),
  ),
}

const preconditionProblems = [InvalidEtagProblem, UnknownVersionProblem, CategoryPreconditionFailedProblem] as const

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
      success: HttpApiSchema.WithHeaders(CategoryResponse.pipe(HttpApiSchema.status(201)), {
        location: Schema.String.annotate({
          description: "Where the category is.",
          examples: [`/api/v1/categories/${categoryIdExample}`],
        }),
        etag,
      }),
      error: [
        CategoryNameTakenProblem,
        CategoryLimitReachedProblem,
        MalformedJsonProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(allowTokens("categories:write"))
      .annotateMerge(mutation)
      .annotateMerge(OpenApi.annotations({ summary: "Create a category", description: "A user has at most 1,000." })),
    HttpApiEndpoint.get("listCategories", "/api/v1/categories", {
      success: Schema.Struct({ data: Schema.Array(CategoryResource), changes_cursor: ChangesCursor }).annotate({
        identifier: "CategoryList",
      }),
      error: verifiedUserProblems,
    })
      .annotateMerge(allowTokens("tasks:read"))
      .annotateMerge(conditional)
      .annotateMerge(OpenApi.annotations({ summary: "List categories", description: "All of yours, by name." })),
    HttpApiEndpoint.patch("updateCategory", "/api/v1/categories/:category_id", {
      params: { category_id: categoryId },
      headers: ifMatch,
      payload: UpdateCategoryPayload,
      success: HttpApiSchema.WithHeaders(CategoryResponse, { etag }),
      error: [
        ...preconditionProblems,
        PreconditionMismatchProblem,
        NotOwnerProblem,
        CategoryNotFoundProblem,
        NotFoundProblem,
        CategoryVersionConflictProblem,
        CategoryNameTakenProblem,
        MalformedJsonProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(allowTokens("categories:write"))
      .annotateMerge(mutation)
      .annotate(PayloadWithoutIfMatch, Schema.toCodecJson(UpdateCategoryPayloadWithoutIfMatch))
      .annotateMerge(
        OpenApi.annotations({
          summary: "Update a category",
          description:
            "Changes what is given; `null` clears the colour. The tasks that have it keep their versions, and get another `ETag`. If no value differs, nothing changes and the version stays.",
        }),
      ),
    HttpApiEndpoint.delete("deleteCategory", "/api/v1/categories/:category_id", {
      params: { category_id: categoryId },
      headers: ifMatch,
      error: [
        ...preconditionProblems,
        NotOwnerProblem,
        CategoryNotFoundProblem,
        NotFoundProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(allowTokens("categories:write"))
      .annotateMerge(mutation)
      .annotateMerge(OpenApi.annotations({ summary: "Delete a category", description: "Its tasks stay, without it." })),
    HttpApiEndpoint.post("restoreCategory", "/api/v1/categories/:category_id/restore", {
      params: { category_id: categoryId },
      headers: ifMatch,
      success: HttpApiSchema.WithHeaders(CategoryResponse, { etag }),
      error: [
        ...preconditionProblems,
        NotOwnerProblem,
        CategoryNotFoundProblem,
        NotFoundProblem,
        NotDeletedProblem,
        CategoryNameTakenProblem,
        CategoryLimitReachedProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(allowTokens("categories:write"))
      .annotateMerge(mutation)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Restore a category",
          description: "Takes back its deletion: the tasks that had it show it again.",
        }),
      ),
  )
  .annotateEndpoints(Validated, true)
  .annotateEndpoints(VerifiedEmail, true)
  .middleware(Authentication)
  .annotateEndpoints(RateLimited, true)
  .annotateMerge(OpenApi.annotations({ title: "Categories", description: "Labels for tasks." }))
