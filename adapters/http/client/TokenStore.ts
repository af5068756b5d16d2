import { Effect } from "effect"

/** What a session is held with. */
export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

/**
 * Where a client keeps the tokens of its session. A refresh token works once and showing a used one ends the session, so
 * a store belongs to one client at a time: two that share one would refresh against each other.
 */
export interface TokenStore {
  /** The tokens; null where there is no session. */
  readonly get: Effect.Effect<Tokens | null>
  readonly set: (tokens: Tokens) => Effect.Effect<void>
  readonly clear: Effect.Effect<void>
}

/** Keeps the tokens in memory: the session is forgotten with the process or the page. */
export const memoryTokenStore = (tokens: Tokens | null = null): TokenStore => {
  let held = tokens
  const hold = (next: Tokens | null) =>
    Effect.sync(() => {
      held = next
    })
  return { get: Effect.sync(() => held), set: hold, clear: hold(null) }
}
