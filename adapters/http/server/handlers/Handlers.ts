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

/**
 * Handles an endpoint. It takes the decoded input and returns the success value that the description declares, or an
 * `HttpResponse`. It fails only with errors that map to a problem of the description.
 */
export type Handler<Endpoint extends HttpApiEndpoint.Constraint> = (
  input: InputOf<Endpoint>,
  context: ContextOf<Endpoint>,
) => Effect.Effect<SuccessOf<Endpoint> | HttpResponse, ErrorWithProblem<Endpoint["~Error"]["Type"]>, Ports>

/** One handler for every endpoint of the group. */
export type Handlers<Group extends HttpApiGroup.Constraint> = {
  readonly [Name in keyof Group["endpoints"]]: Handler<Group["endpoints"][Name]>
}
