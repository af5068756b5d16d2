/** The port for the public keys of access tokens. */
import { Context } from "effect"

/** A key that verifies signatures. It contains no private part. */
export interface PublicKey {
  /** The id that a token names. */
  readonly id: string
  readonly algorithm: "Ed25519"
  /** The key itself, in base64url without padding. */
  readonly value: string
}

/**
 * The public keys that verify the signatures of access tokens, for services that check a token without calling this
 * one. Any of them may have signed a token.
 */
export class PublicKeys extends Context.Service<PublicKeys, { readonly keys: ReadonlyArray<PublicKey> }>()(
  "taskwright/PublicKeys",
) {}
