/** Defines the type of an endpoint that is ready to serve, for the stages that a request passes before it. */
import type { Effect } from "effect"
import type { Ports } from "../../../../application/Ports.ts"
import type { MediaType } from "../request/BodyLimits.ts"
import type { RequestBody } from "../request/JsonBody.ts"
import type { AuthenticatedContext, RequestContext } from "../request/RequestContext.ts"
import type { HttpResponse } from "../response/HttpResponse.ts"

type Handle<Context> = (context: Context, body: RequestBody | undefined) => Effect.Effect<HttpResponse, never, Ports>

interface Body {
  readonly takesBody: boolean
  /** The media type of the body, if there is one. */
  readonly mediaType: MediaType
  /** The maximum size of the body, in bytes. */
  readonly maxBodyBytes: number
}

/** An endpoint that handles requests without an access token, too. */
export interface PublicEndpoint extends Body {
  readonly isLimited: boolean
  readonly needsIdentity: false
  readonly handle: Handle<RequestContext>
}

/** An endpoint that handles requests with a valid access token only. */
interface AuthenticatedEndpoint extends Body {
  readonly isLimited: true
  readonly needsIdentity: true
  readonly needsVerifiedEmail: boolean
  /** Returns how many units of the user's rate limit a request with this body takes. Undefined if each takes one. */
  readonly costOf: ((body: RequestBody) => number) | undefined
  readonly handle: Handle<AuthenticatedContext>
}

/** What an endpoint requires of a request, and how it handles a request that passed the pipeline. */
export type Endpoint = PublicEndpoint | AuthenticatedEndpoint
