/** Implements `PublicKeys`: the public halves of the signing keys. */
import { Layer } from "effect"
import { type PublicKey, PublicKeys } from "../../application/accounts/tokens/PublicKeys.ts"
import type { SigningKey, SigningKeys } from "./SigningKeys.ts"

const toPublicKey = ({ kid, publicKey }: SigningKey): PublicKey => {
  const { x: value = "" } = publicKey.export({ format: "jwk" })
  return { id: kid, algorithm: "Ed25519", value }
}

/** The public keys of those signing keys, in the same order. */
export const layer = (keys: SigningKeys): Layer.Layer<PublicKeys> =>
  Layer.succeed(PublicKeys, PublicKeys.of({ keys: keys.map(toPublicKey) }))
