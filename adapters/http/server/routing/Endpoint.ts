/** Defines the type of an endpoint that is ready to serve, for the stages that a request passes before it. */
import type { Effect } from "effect"
import type { Ports } from "../../../../application/Ports.ts"
import type { CurrentIdentity } from "../../api/v1/Authentication.ts"
import type { MediaType } from "../request/BodyLimits.ts"
import type { HttpResponse } from "../response/HttpResponse.ts"
import type { Exchange } from "./Route.ts"

/** An endpoint, ready to serve: what it requires of a request, and its response to one that passed the pipeline. */
export interface Endpoint {
  /** The method and the path's template, for logs. */
  readonly route: string
  readonly takesBody: boolean
  /** The media type of the body, if there is one. */
  readonly mediaType: MediaType
  readonly isLimited: boolean
  readonly needsIdentity: boolean
  readonly needsVerifiedEmail: boolean
  readonly answer: (
    exchange: Exchange,
    body: Buffer | undefined,
  ) => Effect.Effect<HttpResponse, never, Ports | CurrentIdentity>
}
