/** Signs access tokens for the benchmark's users. */
import { createHash, createPublicKey, generateKeyPairSync, randomUUID } from "node:crypto"
import { SignJWT } from "jose"
import type { BenchUser } from "./BenchUsers.ts"

const issuer = "taskwright-bench"
const audience = "taskwright"

/**
 * Makes a signing key for the server under test, and access tokens signed with it, so that the benchmark needs no
 * login.
 */
export const makeTokens = () => {
  const { privateKey } = generateKeyPairSync("ed25519")
  const { x } = createPublicKey(privateKey).export({ format: "jwk" })
  const kid = createHash("sha256")
    .update(JSON.stringify({ crv: "Ed25519", kty: "OKP", x }))
    .digest("base64url")
  return {
    /** The settings with which the server accepts the tokens as its own. */
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
