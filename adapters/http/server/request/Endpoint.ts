/** The type of an endpoint that is ready to serve, for the stages that a request passes before it. */
import type { Effect } from "effect"
import type { Ports } from "../../../../application/Ports.ts"
import type { CurrentIdentity } from "../../api/v1/Authentication.ts"
import type { HttpResponse } from "../response/HttpResponse.ts"
import type { MediaType } from "./BodyLimits.ts"
import type { Exchange } from "./RouteHandler.ts"

/** A call of the API, made ready: what it asks of a request, and how it answers one that has passed the gate. */
export interface Endpoint {
  /** Method and template of the address, for logs. */
  readonly route: string
  readonly takesBody: boolean
  /** What a body is written in, if there is one. */
  readonly mediaType: MediaType
  readonly isLimited: boolean
  readonly needsIdentity: boolean
  readonly needsVerifiedEmail: boolean
  readonly answer: (
    exchange: Exchange,
    body: Buffer | undefined,
  ) => Effect.Effect<HttpResponse, never, Ports | CurrentIdentity>
}
