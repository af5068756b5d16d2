/** Holds the state of the request that is being handled. */
import { Context } from "effect"
import type { Identity } from "../../../../domain/accounts/Identity.ts"

/** The state of a request; the stages that the request passes complete it. */
export interface RequestStateShape {
  /** The request's id: the caller's own, or a new one. */
  readonly id: string
  /** The caller's IP address, as far as `TRUST_PROXY` reveals it. */
  readonly address: string
  /** The `User-Agent` header, unverified. */
  readonly userAgent: string | undefined
  /** The route's template, for logs: the raw path could contain anything. */
  route: string
  /** The identity in a valid access token; null if there is none. */
  identity: Identity | null
  /** Whether the request presents an invalid token. */
  hasInvalidToken: boolean
  /** Whether the response is for a person: a problem is then rendered as a page. */
  rendersHtml: boolean
  /** Headers that are added to the response, whatever it is. */
  readonly headers: Record<string, string>
}

/**
 * The request handler sets it for every request. It is a reference, so that handlers need not declare it in their
 * types.
 */
export const RequestState = Context.Reference<RequestStateShape>("taskwright/http/RequestState", {
  defaultValue: () => ({
    id: "",
    address: "",
    userAgent: undefined,
    route: "",
    identity: null,
    hasInvalidToken: false,
    rendersHtml: false,
    headers: {},
  }),
})
