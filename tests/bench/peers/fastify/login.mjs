// The route that logs in: verifies the password, starts a session and issues its tokens.
import { createHash, createPublicKey, randomBytes } from "node:crypto"
import argon2 from "argon2"
import { SignJWT } from "jose"
import { run, transact } from "./database.mjs"
import { privateKey } from "./identity.mjs"
import { newId } from "./ids.mjs"
import { take } from "./limits.mjs"
import { login, loginAnswer } from "./schemas.mjs"

const { JWT_AUDIENCE, JWT_ISSUER } = process.env
const { x } = createPublicKey(privateKey).export({ format: "jwk" })
const kid = createHash("sha256")
  .update(JSON.stringify({ crv: "Ed25519", kty: "OKP", x }))
  .digest("base64url")

const accessToken = ({ sessionId, userId }) =>
  new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: "EdDSA", kid, typ: "at+jwt" })
    .setIssuer(JWT_ISSUER)
    .setAudience(JWT_AUDIENCE)
    .setSubject(userId)
    .setJti(newId())
    .setIssuedAt()
    .setExpirationTime("1 hour")
    .sign(privateKey)

const refreshToken = (userId) =>
  Buffer.concat([Buffer.from(userId.replaceAll("-", ""), "hex"), randomBytes(32)]).toString("base64url")

const insertSession = `WITH session AS (
    INSERT INTO sessions (user_id, id, device, created_at, last_used_at, expires_at)
    VALUES ($1, $2, $3, now(), now(), now() + interval '7 days')
  )
  INSERT INTO refresh_tokens (user_id, session_id, hash, expires_at) VALUES ($1, $2, $4, now() + interval '7 days')`

const selectByEmail = "SELECT id, email, full_name, password_hash, disabled_at FROM accounts WHERE email = $1"
const lockById = "SELECT password_hash, disabled_at FROM accounts WHERE id = $1 FOR UPDATE"

export const registerLogin = (api) => {
  api.post(
    "/api/v1/auth/login",
    { schema: { body: login, response: { 200: loginAnswer } } },
    async (request, reply) => {
      reply.header("cache-control", "no-store")
      await take(reply, "ip", request.ip, 1)
      if (reply.sent) return reply
      const { email, password } = request.body
      const [account] = await run("account", selectByEmail, [email.toLowerCase()])
      const refuse = () => reply.code(401).send({ code: "invalid_credentials" })
      if (account === undefined || !(await argon2.verify(account.password_hash, password))) return refuse()
      const userId = account.id
      const [sessionId, refresh] = [newId(), refreshToken(userId)]
      const hash = createHash("sha256").update(refresh).digest("base64url")
      const isStarted = await transact(async (client) => {
        const [row] = await run("lock_account", lockById, [userId], client)
        if (row?.password_hash !== account.password_hash || row.disabled_at !== null) return false
        await run("session", insertSession, [userId, sessionId, null, hash], client)
        return true
      })
      if (!isStarted) return refuse()
      return {
        access_token: await accessToken({ sessionId, userId }),
        refresh_token: refresh,
        user: { id: userId, email: account.email, full_name: account.full_name },
      }
    },
  )
}
