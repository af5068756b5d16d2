/** Derives the types of handlers from the endpoints of the description. */
import type { Effect } from "effect"
import type { HttpServerResponse } from "effect/http"
import type { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import type { Ports } from "../../../../application/Ports.ts"
import type { Authentication } from "../../api/v1/Authentication.ts"
import type { AuthenticatedContext, RequestContext } from "../request/RequestContext.ts"
import type { HttpResponse } from "../response/HttpResponse.ts"
import type { ErrorWithProblem } from "./ToProblem.ts"

type InputOf<Endpoint extends HttpApiEndpoint.Constraint> = Omit<
  Parameters<HttpApiEndpoint.Handler<Endpoint, never, never>>[0],
  "endpoint" | "group" | "request"
>

type ContextOf<Endpoint extends HttpApiEndpoint.Constraint> =
  Authentication extends HttpApiEndpoint.Middleware<Endpoint> ? AuthenticatedContext : RequestContext

type SuccessOf<Endpoint extends HttpApiEndpoint.Constraint> = Exclude<
  Effect.Success<ReturnType<HttpApiEndpoint.Handler<Endpoint, never, never>>>,
  HttpServerResponse.HttpServerResponse
>

type ErrorOf<Endpoint extends HttpApiEndpoint.Constraint> = ErrorWithProblem<Endpoint["~Error"]["Type"]>

/**
 * Handles an endpoint. It takes the decoded input and returns the success value that the description declares, or an
 * `HttpResponse`. It fails only with errors that map to a problem of the description.
 */
export type Handler<Endpoint extends HttpApiEndpoint.Constraint> = (
  input: InputOf<Endpoint>,
  context: ContextOf<Endpoint>,
) => Effect.Effect<SuccessOf<Endpoint> | HttpResponse, ErrorOf<Endpoint>, Ports>

/**
 * Handles an endpoint that changes tasks or categories, in two steps. So the response is known before the write, and can
 * be stored together with it.
 */
export interface MutationHandler<Endpoint extends HttpApiEndpoint.Constraint> {
  /** Runs one use case, and returns its result as it is. */
  readonly run: (
    input: InputOf<Endpoint>,
    context: ContextOf<Endpoint>,
  ) => Effect.Effect<unknown, ErrorOf<Endpoint>, Ports>
  /** Returns the success value for the use case's result. It depends on nothing else. */
  readonly present: (result: never) => SuccessOf<Endpoint>
}

/** Makes the handler of an endpoint with the mark `Mutation`. */
export const mutation = <Endpoint extends HttpApiEndpoint.Constraint, Result>(
  run: (input: InputOf<Endpoint>, context: ContextOf<Endpoint>) => Effect.Effect<Result, ErrorOf<Endpoint>, Ports>,
  present: (result: Result) => SuccessOf<Endpoint>,
): MutationHandler<Endpoint> => ({ run, present })

/** Presents a success that has no body. */
export const noContent = (): void => {}

/** One handler for every endpoint of the group. */
export type Handlers<Group extends HttpApiGroup.Constraint> = {
  readonly [Name in keyof Group["endpoints"]]:
    | Handler<Group["endpoints"][Name]>
    | MutationHandler<Group["endpoints"][Name]>
}
