/** The setting for the lifetime of refresh tokens. */
import { Context } from "effect"
import type { RefreshPolicy as Policy } from "../../../domain/accounts/Session.ts"

/**
 * The policy for refresh tokens. By default each is valid for 7 days, and a replaced one has no leeway; a composition
 * root may provide another policy.
 */
export const RefreshPolicy = Context.Reference<Policy>("taskwright/RefreshPolicy", {
  defaultValue: () => ({ lifetimeMillis: 7 * 24 * 60 * 60 * 1000, reuseLeewayMillis: 0 }),
})
