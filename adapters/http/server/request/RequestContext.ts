import { Context } from "effect"
import type { Identity } from "../../../../domain/accounts/Identity.ts"

/** What is known of the request that is being answered; the stages it passes fill it in. */
export interface RequestStateShape {
  /** The request's id: the caller's own, or a new one. */
  readonly id: string
  /** Who called, as far as `TRUST_PROXY` lets us see. */
  readonly address: string
  /** What the caller says it is, as it says it. */
  readonly userAgent: string | undefined
  /** The route's template, for logs: the raw path could hold anything. */
  route: string
  /** Whose good access token it shows, if it does. */
  identity: Identity | null
  /** Whether it shows a token that is not good. */
  hasInvalidToken: boolean
  /** Whether a person reads the answer: then a problem is shown as a page. */
  rendersHtml: boolean
  /** Headers that the answer gets, whatever it is. */
  readonly headers: Record<string, string>
}

/** The edge sets it for every request. A reference, so that no handler has to say that it runs inside one. */
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
