/** Describes the endpoints of `/api/v1/trash`. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { CursorPageLimit } from "../../../../domain/shared/Page.ts"
import { TaskId } from "../../../../domain/tasks/TaskId.ts"
import { Authentication } from "./Authentication.ts"
import {
  allowTokens,
  RateLimited,
  Validated,
  VerifiedEmail,
  verifiedSessionProblems,
  verifiedUserProblems,
} from "./EndpointTags.ts"
import { mutation, mutationProblems } from "./Mutation.ts"
import { NextCursor, NextPageParameter, wholeNumber } from "./Pagination.ts"
import {
  InvalidCursorProblem,
  NotDeletedProblem,
  NotFoundProblem,
  NotOwnerProblem,
  TaskNotFoundProblem,
} from "./ProblemSchemas.ts"
import { describeEncoded, TimestampString, taskIdExample } from "./SchemaAnnotations.ts"
import { TaskResource } from "./TaskResource.ts"

export const ListTrashParameters = Schema.Struct({
  cursor: Schema.optionalKey(NextPageParameter),
  limit: Schema.optionalKey(
    describeEncoded(wholeNumber(CursorPageLimit), {
      description: "How many tasks a page holds at most, 1 to 200 (default 20).",
      example: "20",
    }),
  ),
})

/** A task in the trash, as responses contain it. */
export const TrashedTaskResource = Schema.Struct({
  ...TaskResource.fields,
  deleted_at: TimestampString,
  purge_at: TimestampString.annotate({ description: "When it is destroyed for good." }),
}).annotate({ identifier: "TrashedTask" })
export interface TrashedTaskResource extends Schema.Schema.Type<typeof TrashedTaskResource> {}

/** The endpoints for deleted tasks. */
export const TrashApi = HttpApiGroup.make("trash")
  .add(
    HttpApiEndpoint.get("listTrash", "/api/v1/trash", {
      query: ListTrashParameters,
      success: Schema.Struct({ data: Schema.Array(TrashedTaskResource), next_cursor: NextCursor }).annotate({
        identifier: "TrashPage",
      }),
      error: [InvalidCursorProblem, ...verifiedUserProblems],
    })
      .annotateMerge(allowTokens("tasks:read"))
      .annotateMerge(
        OpenApi.annotations({
          summary: "List deleted tasks",
          description: "Those that you can restore, the last deleted first.",
        }),
      ),
    HttpApiEndpoint.delete("purgeTask", "/api/v1/trash/:task_id", {
      params: {
        task_id: describeEncoded(TaskId, { description: "The task's id.", example: taskIdExample, format: "uuid" }),
      },
      error: [
        NotOwnerProblem,
        TaskNotFoundProblem,
        NotFoundProblem,
        NotDeletedProblem,
        ...mutationProblems,
        ...verifiedSessionProblems,
      ],
    })
      .annotateMerge(allowTokens("session"))
      .annotateMerge(mutation)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Destroy a deleted task",
          description: "It is gone for good, and so are all values in its history. No undo brings it back.",
        }),
      ),
    HttpApiEndpoint.delete("emptyTrash", "/api/v1/trash", {
      success: Schema.Struct({
        purged: Schema.Int.annotate({ description: "How many tasks were destroyed.", examples: [3] }),
      }).annotate({ identifier: "EmptyTrashResponse" }),
      error: [...mutationProblems, ...verifiedSessionProblems],
    })
      .annotateMerge(allowTokens("session"))
      .annotateMerge(mutation)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Empty the trash",
          description:
            "Destroys your deleted tasks for good, at most 1,000 a call and the last deleted first. No undo brings them back. Repeat it until `purged` is 0.",
        }),
      ),
  )
  .annotateEndpoints(Validated, true)
  .annotateEndpoints(VerifiedEmail, true)
  .middleware(Authentication)
  .annotateEndpoints(RateLimited, true)
  .annotateMerge(OpenApi.annotations({ title: "Trash", description: "Deleted tasks." }))
