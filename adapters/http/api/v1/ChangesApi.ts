/** Describes the endpoints of `/api/v1/changes`. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { FeedLimit, WaitSeconds } from "../../../../domain/changes/ChangeFeed.ts"
import { Authentication } from "./Authentication.ts"
import { FeedChange } from "./ChangeResource.ts"
import { allowTokens, RateLimited, Validated, VerifiedEmail, verifiedUserProblems } from "./EndpointTags.ts"
import { wholeNumber } from "./Pagination.ts"
import {
  CursorExpiredProblem,
  CursorResetProblem,
  InvalidCursorProblem,
  NotAcceptableProblem,
  TooManyStreamsProblem,
} from "./ProblemSchemas.ts"
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

const EventStream = Schema.String.annotate({
  description: "The format `text/event-stream`.",
  examples: [`retry: 1500\n\nevent: up_to_date\ndata: {"cursor":"${changeCursorExample}"}\n\n`],
}).pipe(HttpApiSchema.asText({ contentType: "text/event-stream" }))

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
    })
      .annotateMerge(allowTokens("tasks:read"))
      .annotateMerge(
        OpenApi.annotations({
          summary: "Read changes",
          description:
            "Every change of your tasks and categories, in order and without gaps. A page can have fewer changes than `limit`: `has_more` says whether to go on.",
        }),
      ),
    HttpApiEndpoint.get("streamChanges", "/api/v1/changes/stream", {
      query: { since: Schema.optionalKey(since), types: Schema.optionalKey(types) },
      headers: {
        "last-event-id": Schema.optionalKey(
          Schema.String.annotate({
            description: "The `id` of the last event that you received. It wins over `since`.",
            examples: [changeCursorExample],
          }),
        ),
      },
      success: EventStream,
      error: [...cursorProblems, NotAcceptableProblem, TooManyStreamsProblem, ...verifiedUserProblems],
    })
      .annotateMerge(allowTokens("tasks:read"))
      .annotateMerge(
        OpenApi.annotations({
          summary: "Stream changes",
          description:
            "Server-sent events without an end. First the changes since the cursor (default `now`), then `up_to_date`, then each change as it is made. `data` of an event `change` is an item of `ChangePage`. An event `reset` is the last: read the lists again. An event `expiring` comes 30 seconds before the access token expires, and the stream with it.",
        }),
      ),
  )
  .annotateEndpoints(Validated, true)
  .annotateEndpoints(VerifiedEmail, true)
  .middleware(Authentication)
  .annotateEndpoints(RateLimited, true)
  .annotateMerge(OpenApi.annotations({ title: "Changes", description: "What happened to tasks and categories." }))
