/** Describes the endpoints of `/api/v1/changes`. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { FeedLimit, WaitSeconds } from "../../../../domain/changes/ChangeFeed.ts"
import { Authentication } from "./Authentication.ts"
import { FeedChange } from "./ChangeResource.ts"
import { RateLimited, Validated, VerifiedEmail, verifiedUserProblems } from "./EndpointTags.ts"
import { wholeNumber } from "./Pagination.ts"
import { CursorExpiredProblem, CursorResetProblem, InvalidCursorProblem } from "./ProblemSchemas.ts"
import { changeCursorExample, describeEncoded } from "./SchemaAnnotations.ts"

const types = Schema.Literals(["task", "category", "task,category"]).annotate({
  description: "Only changes of these kinds of thing (default `task,category`).",
})

const since = Schema.String.annotate({
  description:
    "The cursor after which to begin. `now`: after the newest change. Without it: with the oldest that is kept.",
  examples: [changeCursorExample],
})

export const ListChangesParameters = Schema.Struct({
  since: Schema.optionalKey(since),
  limit: Schema.optionalKey(
    describeEncoded(wholeNumber(FeedLimit), {
      description: "How many changes a page holds at most, 1 to 500 (default 100).",
      example: "100",
    }),
  ),
  types: Schema.optionalKey(types),
  wait: Schema.optionalKey(
    describeEncoded(wholeNumber(WaitSeconds), {
      description: "How many seconds to wait for a change if there is none, 0 to 25 (default 0).",
      example: "25",
    }),
  ),
})

const cursorProblems = [InvalidCursorProblem, CursorExpiredProblem, CursorResetProblem] as const

/** The endpoints for changes. */
export const ChangesApi = HttpApiGroup.make("changes")
  .add(
    HttpApiEndpoint.get("listChanges", "/api/v1/changes", {
      query: ListChangesParameters,
      success: Schema.Struct({
        data: Schema.Array(FeedChange),
        next_cursor: Schema.String.annotate({
          description: "Where to continue. It is there also if the page is empty.",
          examples: [changeCursorExample],
        }),
        has_more: Schema.Boolean.annotate({ description: "`false`: you are up to date.", examples: [false] }),
      }).annotate({ identifier: "ChangePage" }),
      error: [...cursorProblems, ...verifiedUserProblems],
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Read changes",
        description:
          "Every change of your tasks and categories, in order and without gaps. A page can have fewer changes than `limit`: `has_more` says whether to go on.",
      }),
    ),
  )
  .annotateEndpoints(Validated, true)
  .annotateEndpoints(VerifiedEmail, true)
  .middleware(Authentication)
  .annotateEndpoints(RateLimited, true)
  .annotateMerge(OpenApi.annotations({ title: "Changes", description: "What happened to tasks and categories." }))
