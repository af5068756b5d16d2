import { createHash, createPublicKey, generateKeyPairSync, randomUUID } from "node:crypto"
import { SignJWT } from "jose"
import type { BenchUser } from "./BenchDatabase.ts"

const issuer = "taskwright-bench"
const audience = "taskwright"

/** A signing key for the server under test, and access tokens signed with it, so that nobody has to log in. */
export const makeTokens = () => {
  const { privateKey } = generateKeyPairSync("ed25519")
  const { x } = createPublicKey(privateKey).export({ format: "jwk" })
  const kid = createHash("sha256")
    .update(JSON.stringify({ crv: "Ed25519", kty: "OKP", x }))
    .digest("base64url")
  return {
    /** The settings with which the server takes the tokens for its own. */
    settings: {
      JWT_PRIVATE_KEYS: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      JWT_ISSUER: issuer,
      JWT_AUDIENCE: audience,
    },
    sign: ({ sessionId, userId }: BenchUser): Promise<string> =>
      new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: "EdDSA", kid, typ: "at+jwt" })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime("1 hour")
        .sign(privateKey),
  }
}
