/** Derives the types of handlers from the endpoints of the description. */
import type { Effect } from "effect"
import type { HttpServerResponse } from "effect/http"
import type { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import type { Ports } from "../../../../application/Ports.ts"
import type { CurrentIdentity } from "../../api/v1/Authentication.ts"
import type { HttpResponse } from "../response/HttpResponse.ts"

type InputOf<Endpoint extends HttpApiEndpoint.Constraint> = Omit<
  Parameters<HttpApiEndpoint.Handler<Endpoint, never, never>>[0],
  "endpoint" | "group" | "request"
>

type SuccessOf<Endpoint extends HttpApiEndpoint.Constraint> = Exclude<
  Effect.Success<ReturnType<HttpApiEndpoint.Handler<Endpoint, never, never>>>,
  HttpServerResponse.HttpServerResponse
>

/**
 * Handles an endpoint. It takes the decoded input and returns the success value that the description declares, or an
 * `HttpResponse`. It fails only with the problems that the description declares.
 */
export type Handler<Endpoint extends HttpApiEndpoint.Constraint> = (
  input: InputOf<Endpoint>,
) => Effect.Effect<
  SuccessOf<Endpoint> | HttpResponse,
  Endpoint["~Error"]["Type"] | HttpApiEndpoint.MiddlewareError<Endpoint>,
  Ports | CurrentIdentity
>

/** One handler for every endpoint of the group. */
export type Handlers<Group extends HttpApiGroup.Constraint> = {
  readonly [Name in keyof Group["endpoints"]]: Handler<Group["endpoints"][Name]>
}
