/** Publishes the verification keys. */
import { Layer } from "effect"
import { PublicKeys } from "../../application/accounts/tokens/PublicKeys.ts"
import type { SigningKey, SigningKeys } from "./SigningKeys.ts"

const toJwk = ({ kid, publicKey }: SigningKey): Readonly<Record<string, string>> => {
  const { crv = "", kty = "", x = "" } = publicKey.export({ format: "jwk" })
  return { kty, crv, x, kid, use: "sig", alg: "EdDSA" }
}

/** The JSON Web Key Set of those keys, built once. */
export const layer = (keys: SigningKeys): Layer.Layer<PublicKeys> =>
  Layer.succeed(PublicKeys, PublicKeys.of({ jwks: { keys: keys.map(toJwk) } }))
