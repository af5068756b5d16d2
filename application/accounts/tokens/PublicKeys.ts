/** The port for the public keys of access tokens. */
import { Context } from "effect"

/**
 * The public keys that verify the signatures of access tokens, for services that check a token without calling this
 * one.
 */
export class PublicKeys extends Context.Service<
  PublicKeys,
  {
    /** A JSON Web Key Set (RFC 7517). It MUST hold public members alone. */
    readonly jwks: { readonly keys: ReadonlyArray<Readonly<Record<string, string>>> }
  }
>()("taskwright/PublicKeys") {}
