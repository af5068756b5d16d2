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
 * Answers a call: takes what the endpoint's schemas have read, and gives what its description promises, or an answer
 * made by hand. It fails with the problems that the description declares, and with no others.
 */
export type Handler<Endpoint extends HttpApiEndpoint.Constraint> = (
  input: InputOf<Endpoint>,
) => Effect.Effect<
  SuccessOf<Endpoint> | HttpResponse,
  Endpoint["~Error"]["Type"] | HttpApiEndpoint.MiddlewareError<Endpoint>,
  Ports | CurrentIdentity
>

/** A handler for every endpoint of the group. */
export type Handlers<Group extends HttpApiGroup.Constraint> = {
  readonly [Name in keyof Group["endpoints"]]: Handler<Group["endpoints"][Name]>
}
