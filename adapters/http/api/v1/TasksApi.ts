/** Describes the endpoints of `/api/v1/tasks`. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { TaskId } from "../../../../domain/tasks/TaskId.ts"
import { Authentication } from "./Authentication.ts"
import { ChangesCursor } from "./ChangeResource.ts"
import { conditional, PayloadWithoutIfMatch } from "./Conditional.ts"
import { allowTokens, RateLimited, Validated, VerifiedEmail, verifiedUserProblems } from "./EndpointTags.ts"
import { MergeResource } from "./MergeResource.ts"
import { mutation, mutationProblems } from "./Mutation.ts"
import { ListInBody, QueryByCursor } from "./Pagination.ts"
import {
  CategoryAlreadyAssignedProblem,
  CategoryLimitReachedProblem,
  CategoryNotFoundProblem,
  CursorMismatchProblem,
  InvalidCursorProblem,
  InvalidEtagProblem,
  InvalidFilterProblem,
  MalformedJsonProblem,
  NotDeletedProblem,
  NotFoundProblem,
  NotOwnerProblem,
  PreconditionMismatchProblem,
  TaskNotFoundProblem,
  UnknownTimeZoneProblem,
  UnknownVersionProblem,
  ValidationFailedProblem,
} from "./ProblemSchemas.ts"
import { acceptsQuery } from "./QueryMethod.ts"
import { describeEncoded, TimestampString, taskIdExample } from "./SchemaAnnotations.ts"
import {
  CreateTaskPayload,
  categoryId,
  ListTasksByCursorParameters,
  ListTasksByPageParameters,
  ListTasksParameters,
  QueryTasksPayload,
  UpdateTaskPayload,
  UpdateTaskPayloadWithoutIfMatch,
} from "./TaskRequests.ts"
import { TaskResource } from "./TaskResource.ts"
import { PreconditionFailedProblem, VersionConflictProblem } from "./VersionConflict.ts"

const taskId = describeEncoded(TaskId, { description: "The task's id.", example: taskIdExample, format: "uuid" })

const TaskResponse = Schema.Struct({ task: TaskResource }).annotate({ identifier: "TaskResponse" })
const UpdatedTaskResponse = Schema.Struct({
  task: TaskResource,
  merged: Schema.optionalKey(MergeResource),
}).annotate({ identifier: "UpdatedTaskResponse" })
/** What a page says of a filter with dates that depend on the time, such as `today`. */
const evaluation = {
  evaluated_at: Schema.optionalKey(
    TimestampString.annotate({
      description: "The time from which dates such as `today` were seen. Present if the filter has one.",
    }),
  ),
  time_zone: Schema.optionalKey(
    Schema.String.annotate({
      description: "The time zone in which they were. Present with `evaluated_at`.",
      examples: ["Europe/Berlin"],
    }),
  ),
}

const TaskPage = Schema.Struct({
  data: Schema.Array(TaskResource),
  total: Schema.Int.annotate({ description: "How many tasks the whole list holds.", examples: [1] }),
  page: Schema.Int.annotate({ examples: [1] }),
  limit: Schema.Int.annotate({ examples: [20] }),
  ...evaluation,
}).annotate({ identifier: "TaskPage" })

const TaskCursorPage = Schema.Struct({
  data: Schema.Array(TaskResource),
  next_cursor: Schema.NullOr(
    Schema.String.annotate({
      description:
        "The `cursor` of the next page: at most 110 characters of `[A-Za-z0-9_-]`. Null at the end of the list.",
      examples: ["0da6b362234e87b80193a5ae3c447a90b6f71d2c3b4a5968mwuvrwg0"],
    }),
  ),
  changes_cursor: Schema.NullOr(ChangesCursor),
  limit: Schema.Int.annotate({ examples: [20] }),
  ...evaluation,
}).annotate({ identifier: "TaskCursorPage" })

const etag = Schema.String.annotate({
  description: "The task's version, quoted; after it a hash of the categories that the task shows, if it has any.",
  examples: ['"1"', '"3.7Kd0x2rGvQaZ1c9T"'],
})

const ifMatch = {
  "if-match": Schema.optionalKey(
    Schema.String.annotate({
      description:
        "The `ETag` that you read, several, or `*` for any. Only the version at the beginning of a tag counts. If the task has another version, nothing happens and the response is 412.",
      examples: ['"1"'],
    }),
  ),
}

const listProblems = [
  InvalidFilterProblem,
  UnknownTimeZoneProblem,
  InvalidCursorProblem,
  CursorMismatchProblem,
] as const

const preconditionProblems = [InvalidEtagProblem, UnknownVersionProblem, PreconditionFailedProblem] as const

/** The endpoints for tasks. */
export const TasksApi = HttpApiGroup.make("tasks")
  .add(
    HttpApiEndpoint.post("createTask", "/api/v1/tasks", {
      payload: CreateTaskPayload,
      success: HttpApiSchema.WithHeaders(TaskResponse.pipe(HttpApiSchema.status(201)), {
        location: Schema.String.annotate({
          description: "Where the task is.",
          examples: [`/api/v1/tasks/${taskIdExample}`],
        }),
        etag,
      }),
      error: [
        ValidationFailedProblem,
        NotOwnerProblem,
        CategoryNotFoundProblem,
        CategoryLimitReachedProblem,
        MalformedJsonProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(allowTokens("tasks:write"))
      .annotateMerge(mutation)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Create a task",
          description:
            "A new task is pending unless you say otherwise. With its categories it is made whole or not at all.",
        }),
      ),
    HttpApiEndpoint.get("listTasks", "/api/v1/tasks", {
      query: ListTasksParameters,
      success: [TaskPage, TaskCursorPage],
      error: [...listProblems, ...verifiedUserProblems],
    })
      .annotateMerge(allowTokens("tasks:read"))
      .annotateMerge(acceptsQuery)
      .annotate(QueryByCursor, {
        withCursor: Schema.toCodecStringTree(ListTasksByCursorParameters),
        withoutCursor: Schema.toCodecStringTree(ListTasksByPageParameters),
      })
      .annotateMerge(conditional)
      .annotateMerge(
        OpenApi.annotations({
          summary: "List tasks",
          description:
            "A page of your tasks: by its number (`TaskPage`), or by a cursor (`TaskCursorPage`). The order is total: ties go by id, and a task without a due date comes last either way. By cursor, a task that stays in its place is on exactly one page, whatever happens to others meanwhile. A cursor does not expire.",
        }),
      ),
    HttpApiEndpoint.query("queryTasks", "/api/v1/tasks", {
      payload: QueryTasksPayload,
      success: [TaskPage, TaskCursorPage],
      error: [...listProblems, MalformedJsonProblem, ...verifiedUserProblems],
    })
      .annotateMerge(allowTokens("tasks:read"))
      .annotate(ListInBody, true)
      .annotateMerge(conditional)
      .annotateMerge(
        OpenApi.annotations({
          summary: "List tasks by a long filter",
          description:
            "The method `QUERY` (RFC 10008) with the filter in the body. It changes nothing, and the response is that of `GET` with the same parameters.",
        }),
      ),
    HttpApiEndpoint.get("getTask", "/api/v1/tasks/:task_id", {
      params: { task_id: taskId },
      success: HttpApiSchema.WithHeaders(TaskResponse, { etag }),
      error: [NotOwnerProblem, TaskNotFoundProblem, NotFoundProblem, ...verifiedUserProblems],
    })
      .annotateMerge(allowTokens("tasks:read"))
      .annotateMerge(conditional)
      .annotateMerge(OpenApi.annotations({ summary: "Get a task" })),
    HttpApiEndpoint.patch("updateTask", "/api/v1/tasks/:task_id", {
      params: { task_id: taskId },
      headers: ifMatch,
      payload: UpdateTaskPayload,
      success: HttpApiSchema.WithHeaders(UpdatedTaskResponse, { etag }),
      error: [
        ...preconditionProblems,
        PreconditionMismatchProblem,
        ValidationFailedProblem,
        NotOwnerProblem,
        TaskNotFoundProblem,
        NotFoundProblem,
        VersionConflictProblem,
        MalformedJsonProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(allowTokens("tasks:write"))
      .annotateMerge(mutation)
      .annotate(PayloadWithoutIfMatch, Schema.toCodecJson(UpdateTaskPayloadWithoutIfMatch))
      .annotateMerge(
        OpenApi.annotations({
          summary: "Update a task",
          description:
            'Changes what is given; `null` clears a field. Name the version that you read, in the body or as `If-Match`: if the task was changed since, the response is 409 or 412 with the task as it stands, or with `on_conflict: "merge"` both changes are kept if they go together. If no value differs, nothing changes and the version stays. A due date that differs must lie in the future.',
        }),
      ),
    HttpApiEndpoint.delete("deleteTask", "/api/v1/tasks/:task_id", {
      params: { task_id: taskId },
      headers: ifMatch,
      error: [
        ...preconditionProblems,
        NotOwnerProblem,
        TaskNotFoundProblem,
        NotFoundProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(allowTokens("tasks:delete"))
      .annotateMerge(mutation)
      .annotateMerge(OpenApi.annotations({ summary: "Delete a task" })),
    HttpApiEndpoint.post("restoreTask", "/api/v1/tasks/:task_id/restore", {
      params: { task_id: taskId },
      headers: ifMatch,
      success: HttpApiSchema.WithHeaders(TaskResponse, { etag }),
      error: [
        ...preconditionProblems,
        NotOwnerProblem,
        TaskNotFoundProblem,
        NotFoundProblem,
        NotDeletedProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(allowTokens("tasks:write"))
      .annotateMerge(mutation)
      .annotateMerge(OpenApi.annotations({ summary: "Restore a task", description: "Takes back its deletion." })),
    HttpApiEndpoint.post("assignCategory", "/api/v1/tasks/:task_id/categories/:category_id", {
      params: { task_id: taskId, category_id: categoryId },
      headers: ifMatch,
      success: HttpApiSchema.WithHeaders(TaskResponse, { etag }),
      error: [
        ...preconditionProblems,
        NotOwnerProblem,
        TaskNotFoundProblem,
        NotFoundProblem,
        CategoryNotFoundProblem,
        CategoryAlreadyAssignedProblem,
        CategoryLimitReachedProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(allowTokens("tasks:write"))
      .annotateMerge(mutation)
      .annotateMerge(
        OpenApi.annotations({ summary: "Put a category on a task", description: "A task has at most 100." }),
      ),
    HttpApiEndpoint.delete("removeCategory", "/api/v1/tasks/:task_id/categories/:category_id", {
      params: { task_id: taskId, category_id: categoryId },
      headers: ifMatch,
      error: [
        ...preconditionProblems,
        NotOwnerProblem,
        TaskNotFoundProblem,
        NotFoundProblem,
        CategoryNotFoundProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(allowTokens("tasks:write"))
      .annotateMerge(mutation)
      .annotateMerge(OpenApi.annotations({ summary: "Take a category off a task" })),
  )
  .annotateEndpoints(Validated, true)
  .annotateEndpoints(VerifiedEmail, true)
  .middleware(Authentication)
  .annotateEndpoints(RateLimited, true)
  .annotateMerge(OpenApi.annotations({ title: "Tasks", description: "What there is to do." }))
