import { Effect, Layer, SchemaIssue } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiError } from "effect/http-api"
import { problemResponse } from "./ProblemResponse.ts"
import { RequestState } from "./RequestState.ts"
import type { FieldError } from "./v1/ProblemSchemas.ts"
import { RequestShape } from "./v1/RequestMiddleware.ts"

const places: Record<string, string> = { Params: "path", Query: "query", Payload: "body" }

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    if (issue._tag === "MissingKey") return "is required"
    if (issue._tag === "UnexpectedKey") return "is not a known field"
    return SchemaIssue.defaultLeafHook(issue)
  },
})

const fieldErrors = (error: HttpApiError.HttpApiSchemaError): ReadonlyArray<FieldError> =>
  formatIssues(error.cause.issue)
    .issues.slice(0, maxFieldErrors)
    .map(({ message, path = [] }) => ({
      path: pathOf(
        places[error.kind],
        path.map((step) => String(typeof step === "object" ? step.key : step)),
      ),
      // The default names the schema, which is nobody's business.
      message: path.length === 0 && error.kind === "Payload" ? "must be an object" : message,
    }))

/** A body can hold thousands of unknown fields; nobody reads that many answers. */
const maxFieldErrors = 50

/** The name of an unknown field is the caller's own; a name longer than this is not sent back whole. */
const maxNameLength = 100

const pathOf = (place: string | undefined, names: ReadonlyArray<string>): string =>
  [place, ...names.map((name) => (name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name))].join(".")

/** Answers a request of a wrong shape with one problem that names every field, and never shows what was sent. */
export const layer = Layer.succeed(RequestShape, (httpEffect, { endpoint }) =>
  Effect.gen(function* () {
    if (endpoint.query === undefined) {
      const names = Object.keys(yield* HttpServerRequest.ParsedSearchParams)
      if (names.length > 0) {
        return validationFailed(
          (yield* RequestState).id,
          names
            .slice(0, maxFieldErrors)
            .map((name) => ({ path: pathOf(places["Query"], [name]), message: "is not a known field" })),
        )
      }
    }
    return yield* Effect.catch(httpEffect, (error) =>
      HttpApiError.HttpApiSchemaError.is(error) && error.kind in places
        ? Effect.map(RequestState, ({ id }) => validationFailed(id, fieldErrors(error)))
        : Effect.fail(error),
    )
  }),
)

const validationFailed = (requestId: string, errors: ReadonlyArray<FieldError>) =>
  problemResponse("validation_failed", requestId, { members: { errors } })
