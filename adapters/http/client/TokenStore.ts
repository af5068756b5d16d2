/** Defines the store of a client's tokens, and the default one in memory. */
import { Effect } from "effect"

/** The tokens of a session. */
export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

/**
 * Stores the tokens of a client's session. A refresh token works once, and presenting a used one ends the session. So a
 * store MUST belong to one client at a time: two clients would invalidate each other's tokens.
 */
export interface TokenStore {
  /** The tokens; null if there is no session. */
  readonly get: Effect.Effect<Tokens | null>
  readonly set: (tokens: Tokens) => Effect.Effect<void>
  readonly clear: Effect.Effect<void>
}

/** Stores the tokens in memory: the session is lost when the process or the page ends. */
export const memoryTokenStore = (tokens: Tokens | null = null): TokenStore => {
  let held = tokens
  const hold = (next: Tokens | null) =>
    Effect.sync(() => {
      held = next
    })
  return { get: Effect.sync(() => held), set: hold, clear: hold(null) }
}
