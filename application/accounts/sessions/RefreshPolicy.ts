import { Context } from "effect"
import type { RefreshPolicy as Policy } from "../../../domain/accounts/Session.ts"

/** How refresh tokens live: 7 days each, with no leeway for a replaced one, unless a composition root says otherwise. */
export const RefreshPolicy = Context.Reference<Policy>("taskwright/RefreshPolicy", {
  defaultValue: () => ({ lifetimeMillis: 7 * 24 * 60 * 60 * 1000, reuseLeewayMillis: 0 }),
})
