// Who calls: access tokens (verified once, then cached), revoked sessions, verified addresses, and the session's name.
import { createPrivateKey, createPublicKey } from "node:crypto"
import { jwtVerify } from "jose"
import { run } from "./database.mjs"

const { JWT_AUDIENCE, JWT_ISSUER, JWT_PRIVATE_KEYS } = process.env

export const privateKey = createPrivateKey(JWT_PRIVATE_KEYS)
const publicKey = await createPublicKey(privateKey).toCryptoKey("Ed25519", true, ["verify"])

const maxKnown = 100_000
const identities = new Map()
const revoked = new Set()

const readRevoked = async () => {
  const rows = await run(
    "revoked",
    "SELECT id FROM sessions WHERE ended_at IS NOT NULL AND ended_at > now() - interval '1 hour'",
    [],
  )
  for (const { id } of rows) revoked.add(id)
}
setInterval(() => readRevoked().catch(() => undefined), 1000).unref()

const verify = async (token) => {
  const { payload } = await jwtVerify(token, publicKey, {
    algorithms: ["EdDSA"],
    issuer: JWT_ISSUER,
    audience: JWT_AUDIENCE,
    requiredClaims: ["exp", "sub", "sid"],
  })
  return { userId: payload.sub, sessionId: payload.sid, expiresAt: payload.exp * 1000 }
}

export const identify = async (request, reply) => {
  const token = request.headers.authorization?.slice("Bearer ".length)
  if (token === undefined) return reply.code(401).send({ code: "unauthorized" })
  let known = identities.get(token)
  if (known === undefined || known.expiresAt <= Date.now()) {
    try {
      known = await verify(token)
    } catch {
      return reply.code(401).send({ code: "unauthorized" })
    }
    if (identities.size >= maxKnown) identities.clear()
    identities.set(token, known)
  }
  if (revoked.has(known.sessionId)) return reply.code(401).send({ code: "unauthorized" })
  request.userId = known.userId
  request.sessionId = known.sessionId
}

const profileMillis = 60_000
const profiles = new Map()

/** Refuses a user whose address is not verified. The account is read once a minute. */
export const requireVerified = async (request, reply) => {
  let profile = profiles.get(request.userId)
  if (profile === undefined || profile.until <= Date.now()) {
    const [row] = await run("profile", "SELECT is_active FROM accounts WHERE id = $1", [request.userId])
    profile = { isActive: row?.is_active === true, until: Date.now() + profileMillis }
    if (profiles.size >= maxKnown) profiles.clear()
    profiles.set(request.userId, profile)
  }
  if (!profile.isActive) return reply.code(403).send({ code: "email_not_verified" })
}

const names = new Map()

/** Returns the device of the request's session, which its changes name. It never changes. */
export const actorName = async ({ sessionId, userId }) => {
  if (names.has(sessionId)) return names.get(sessionId)
  const [row] = await run("device", "SELECT device FROM sessions WHERE user_id = $1 AND id = $2", [userId, sessionId])
  if (names.size >= maxKnown) names.clear()
  names.set(sessionId, row?.device ?? null)
  return row?.device ?? null
}
