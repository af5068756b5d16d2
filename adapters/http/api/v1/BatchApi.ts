/** Describes the endpoint of `/api/v1/batch`, with the schemas of its responses. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Authentication } from "./Authentication.ts"
import { BatchPayload, batchCost, scopesOfBatch } from "./BatchRequests.ts"
import { CategoryResource } from "./CategoryResource.ts"
import {
  allowTokens,
  MaxBodyBytes,
  RateLimited,
  RequestCost,
  Validated,
  VerifiedEmail,
  verifiedUserProblems,
} from "./EndpointTags.ts"
import { MergeResource } from "./MergeResource.ts"
import { mutation, mutationProblems } from "./Mutation.ts"
import {
  CategoryAlreadyAssignedProblem,
  CategoryLimitReachedProblem,
  CategoryNameTakenProblem,
  CategoryNotFoundProblem,
  MalformedJsonProblem,
  NotDeletedProblem,
  NotOwnerProblem,
  problemSchema,
  problemSchemaWith,
  TaskNotFoundProblem,
  UnknownVersionProblem,
  ValidationFailedProblem,
} from "./ProblemSchemas.ts"
import { batchIdExample } from "./SchemaAnnotations.ts"
import { TaskResource } from "./TaskResource.ts"
import { CategoryVersionConflictProblem, VersionConflictProblem } from "./VersionConflict.ts"

/** The problem of one refused operation: that of the same request on its own. */
export const OperationProblem = Schema.Union([
  ValidationFailedProblem,
  UnknownVersionProblem,
  NotOwnerProblem,
  TaskNotFoundProblem,
  CategoryNotFoundProblem,
  CategoryNameTakenProblem,
  CategoryLimitReachedProblem,
  CategoryAlreadyAssignedProblem,
  NotDeletedProblem,
  VersionConflictProblem,
  CategoryVersionConflictProblem,
])
export type OperationProblem = typeof OperationProblem.Type

/** The result of one operation. */
export const BatchResult = Schema.Struct({
  index: Schema.Int.annotate({ description: "The operation's place in the request, from 0.", examples: [0] }),
  status: Schema.Int.annotate({
    description: "The status that the same request would have on its own.",
    examples: [201],
  }),
  task: Schema.optionalKey(TaskResource),
  merged: Schema.optionalKey(MergeResource),
  category: Schema.optionalKey(CategoryResource),
  problem: Schema.optionalKey(OperationProblem),
}).annotate({ identifier: "BatchResult" })
export interface BatchResult extends Schema.Schema.Type<typeof BatchResult> {}

export const BatchResponse = Schema.Struct({
  batch_id: Schema.optionalKey(
    Schema.String.annotate({
      description: "Names everything that the batch changed, as `Undo-Id` does. Missing if nothing changed.",
      format: "uuid",
      examples: [batchIdExample],
    }),
  ),
  applied: Schema.Boolean.annotate({ description: "Whether any operation was done.", examples: [true] }),
  results: Schema.Array(BatchResult).annotate({ description: "One for each operation, in their order." }),
}).annotate({ identifier: "BatchResponse" })
export interface BatchResponse extends Schema.Schema.Type<typeof BatchResponse> {}

const failure = {
  failed_index: Schema.Int.annotate({ description: "The place of the refused operation.", examples: [0] }),
  results: Schema.Array(BatchResult).annotate({
    description: "Those of the operations up to the refused one, as they would have been. Nothing was done.",
  }),
}

/** The problem of an atomic batch with an operation that met a conflict. */
export const BatchFailedProblem = problemSchema("batch_failed", failure)
/** The problem of an atomic batch with another refusal. */
export const BatchRefusedProblem = problemSchemaWith("batch_failed", 422, "BatchRefusedProblem", failure)

/** The maximum size of a batch, in bytes. */
export const maxBatchBytes = 512 * 1024

/** The endpoint for several operations at once. */
export const BatchApi = HttpApiGroup.make("batch")
  .add(
    HttpApiEndpoint.post("runBatch", "/api/v1/batch", {
      payload: BatchPayload,
      success: BatchResponse,
      error: [
        BatchFailedProblem,
        BatchRefusedProblem,
        MalformedJsonProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(allowTokens(scopesOfBatch))
      .annotate(MaxBodyBytes, maxBatchBytes)
      .annotate(RequestCost, batchCost)
      .annotateMerge(mutation)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Run several operations",
          description:
            "Runs 1 to 100 operations in their order, in one transaction. The body has at most 512 KiB. Takes one unit of the rate limit, and one for every ten operations that it begins. An API token needs the scope of each operation.",
        }),
      ),
  )
  .annotateEndpoints(Validated, true)
  .annotateEndpoints(VerifiedEmail, true)
  .middleware(Authentication)
  .annotateEndpoints(RateLimited, true)
  .annotateMerge(OpenApi.annotations({ title: "Batch", description: "Several operations at once." }))
