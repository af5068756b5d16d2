import { Context } from "effect"

/** The public halves of the keys that access tokens are signed with, for whoever checks one without asking us. */
export class PublicKeys extends Context.Service<
  PublicKeys,
  {
    /** A JSON Web Key Set (RFC 7517). It MUST hold public members alone. */
    readonly jwks: { readonly keys: ReadonlyArray<Readonly<Record<string, string>>> }
  }
>()("taskwright/PublicKeys") {}
