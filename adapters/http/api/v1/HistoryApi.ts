/** Describes the endpoints that read histories, and the one that takes changes back. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { BatchId } from "../../../../domain/changes/BatchId.ts"
import { CursorPageLimit } from "../../../../domain/shared/Page.ts"
import { TaskId } from "../../../../domain/tasks/TaskId.ts"
import { Authentication } from "./Authentication.ts"
import { ChangeResource } from "./ChangeResource.ts"
import { allowTokens, RateLimited, Validated, VerifiedEmail, verifiedUserProblems } from "./EndpointTags.ts"
import { mutation, mutationProblems } from "./Mutation.ts"
import { NextCursor, NextPageParameter, wholeNumber } from "./Pagination.ts"
import {
  ChangeNotFoundProblem,
  CursorMismatchProblem,
  InvalidCursorProblem,
  MalformedJsonProblem,
  NotFoundProblem,
  NotOwnerProblem,
  SessionRequiredProblem,
  TaskNotFoundProblem,
} from "./ProblemSchemas.ts"
import { batchIdExample, describeEncoded, sessionIdExample, taskIdExample } from "./SchemaAnnotations.ts"
import { UndoPayload } from "./UndoRequest.ts"
import { NotUndoableProblem, UndoConflictProblem, UndoExpiredProblem, UndoResponse } from "./UndoResource.ts"

const limit = describeEncoded(wholeNumber(CursorPageLimit), {
  description: "How many changes a page holds at most, 1 to 200 (default 50).",
  example: "50",
})
const page = { cursor: Schema.optionalKey(NextPageParameter), limit: Schema.optionalKey(limit) }

export const ListHistoryParameters = Schema.Struct({
  ...page,
  actor_id: Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^(?:self|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$/, {
        message: "must be a UUID, or self",
      }),
    ).annotate({
      description: "Only changes of the session or token with this id, or `self`: of the one that sends the request.",
      examples: [sessionIdExample],
    }),
  ),
  batch_id: Schema.optionalKey(
    describeEncoded(BatchId, {
      description: "Only changes of this batch: what one request changed, as its `Undo-Id` says.",
      example: batchIdExample,
      format: "uuid",
    }),
  ),
})

const historyPage = { data: Schema.Array(ChangeResource), next_cursor: NextCursor }
const cursorProblems = [InvalidCursorProblem, CursorMismatchProblem] as const

/** The endpoints for histories and undo. */
export const HistoryApi = HttpApiGroup.make("history")
  .add(
    HttpApiEndpoint.get("listHistory", "/api/v1/history", {
      query: ListHistoryParameters,
      success: Schema.Struct(historyPage).annotate({ identifier: "HistoryPage" }),
      error: [...cursorProblems, ...verifiedUserProblems],
    })
      .annotateMerge(allowTokens("tasks:read"))
      .annotateMerge(
        OpenApi.annotations({
          summary: "Read your history",
          description: "The changes of your tasks and categories, the newest first. They are kept for a time.",
        }),
      ),
    HttpApiEndpoint.get("listTaskHistory", "/api/v1/tasks/:task_id/history", {
      params: {
        task_id: describeEncoded(TaskId, { description: "The task's id.", example: taskIdExample, format: "uuid" }),
      },
      query: Schema.Struct(page),
      success: Schema.Struct({
        ...historyPage,
        complete: Schema.Boolean.annotate({
          description:
            "Whether the history reaches back to the task's creation: older changes are removed after a time.",
          examples: [true],
        }),
      }).annotate({ identifier: "TaskHistoryPage" }),
      error: [...cursorProblems, NotOwnerProblem, TaskNotFoundProblem, NotFoundProblem, ...verifiedUserProblems],
    })
      .annotateMerge(allowTokens("tasks:read"))
      .annotateMerge(
        OpenApi.annotations({
          summary: "Read the history of a task",
          description: "Its changes, the newest first; also those of a task in the trash.",
        }),
      ),
    HttpApiEndpoint.post("undo", "/api/v1/undo", {
      payload: UndoPayload,
      success: UndoResponse,
      error: [
        ChangeNotFoundProblem,
        UndoConflictProblem,
        NotUndoableProblem,
        UndoExpiredProblem,
        SessionRequiredProblem,
        MalformedJsonProblem,
        ...mutationProblems,
        ...verifiedUserProblems,
      ],
    })
      .annotateMerge(allowTokens("tasks:write"))
      .annotateMerge(mutation)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Take changes back",
          description:
            "Takes back one change, a batch, or what a session or token did since a time: at most 5,000 changes. It writes new changes under new versions, as one batch, which can be taken back in turn. A value is put back if it is still the one that the changes left. If a later change is in the way, nothing is done and the response is 409, unless `partial` is set. An API token takes back only what it did itself, by `change_id` or `batch_id`.",
        }),
      ),
  )
  .annotateEndpoints(Validated, true)
  .annotateEndpoints(VerifiedEmail, true)
  .middleware(Authentication)
  .annotateEndpoints(RateLimited, true)
  .annotateMerge(OpenApi.annotations({ title: "History", description: "What happened, and how to take it back." }))
