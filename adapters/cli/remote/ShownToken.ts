import { Context, Effect } from "effect"
import type { TokenStore, Tokens } from "../../http/v1/client/TokenStore.ts"

/** The token that the call of this fibre shows. */
const ShownToken = Context.Reference<{ take: () => Tokens | null }>("taskwright/cli/ShownToken", {
  defaultValue: () => ({ take: () => null }),
})

/**
 * The client's tokens, where the client is not to renew them: commands that run at once share a session, so renewing is
 * done under a lock that the client does not know (`SigningIn.ts`). A call is given its token once; asked for it again
 * after a refusal, there is none, and the call fails as refused.
 */
export const shownTokens: TokenStore = {
  get: Effect.map(ShownToken, ({ take }) => take()),
  set: () => Effect.void,
  clear: Effect.void,
}

/** Makes the call show the access token. */
export const showing = (accessToken: string) => {
  return <A, E>(call: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      let tokens: Tokens | null = { access_token: accessToken, refresh_token: "" }
      const take = () => {
        const taken = tokens
        tokens = null
        return taken
      }
      return Effect.provideService(call, ShownToken, { take })
    })
}
