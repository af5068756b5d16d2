/** Tests refresh tokens, access tokens and the published keys. */
import { createPublicKey } from "node:crypto"
import { Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify, SignJWT, UnsecuredJWT } from "jose"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { RefreshPolicy } from "../../../application/accounts/sessions/RefreshPolicy.ts"
import { AccessTokens } from "../../../application/accounts/tokens/AccessTokens.ts"
import { SessionId } from "../../../domain/accounts/SessionId.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { fields, keysOf, type Problem, type TokenPair, uuidV7 } from "../Answers.ts"
import {
  atOnce,
  type Client,
  countStatuses,
  mailedTokens,
  register,
  type SuitePorts,
  startClient,
  type User,
} from "../Client.ts"

const refreshOn =
  ({ ask }: Client) =>
  (refresh_token: string) =>
    ask<TokenPair & Problem>("POST", "/api/v1/auth/refresh", { body: { refresh_token } })

const statusOfMe = async ({ ask }: Client, token: string) => (await ask("GET", "/api/v1/users/me", { token })).status

export const suite = (name: string, ports: SuitePorts) => {
  describe(`tokens on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const logIn = async (): Promise<TokenPair> => {
      const { email } = ada.user
      return (await client.ask<TokenPair>("POST", "/api/v1/auth/login", { body: { email, password: ada.password } }))
        .body
    }
    const refresh = (token: string) => refreshOn(client)(token)

    it("each refresh replaces the token", async () => {
      const first = await logIn()
      const second = await refresh(first.refresh_token)
      expect(second.status).toBe(200)
      expect(keysOf(second.body)).toEqual(fields.tokenPair)
      expect(second.headers.get("cache-control")).toBe("no-store")
      const third = await refresh(second.body.refresh_token)
      expect(third.status).toBe(200)
      const all = [first, second.body, third.body]
      expect(new Set(all.map(({ refresh_token }) => refresh_token)).size).toBe(3)
      for (const { access_token } of all) expect(await statusOfMe(client, access_token)).toBe(200)
    })

    it("a valid token of a user without an account is refused", async () => {
      const session = {
        userId: UserId.make(SecureRandom.uuidV7Unsafe()),
        sessionId: SessionId.make(SecureRandom.uuidV7Unsafe()),
      }
      const token = await client.run(Effect.flatMap(AccessTokens, ({ issue }) => issue(session)))
      const calls = [
        ["POST", "/api/v1/tasks", { title: "Buy milk" }],
        ["POST", "/api/v1/categories", { name: "Home" }],
        ["GET", "/api/v1/users/me", undefined],
      ] as const
      for (const [method, path, body] of calls) {
        const answer = await client.ask<Problem>(method, path, { token, body })
        expect([path, answer.status, answer.body.code]).toEqual([path, 401, "unauthorized"])
        expect(answer.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"')
      }
    })

    it("a reused refresh token revokes the session, with its successor and its access tokens", async () => {
      const first = await logIn()
      const second = (await refresh(first.refresh_token)).body
      const theft = await refresh(first.refresh_token)
      expect([theft.status, theft.body.code]).toEqual([401, "invalid_refresh_token"])
      expect((await refresh(second.refresh_token)).body.code).toBe("invalid_refresh_token")
      expect(await statusOfMe(client, first.access_token)).toBe(401)
      expect(await statusOfMe(client, second.access_token)).toBe(401)
      expect(await statusOfMe(client, ada.access_token)).toBe(200)
    })

    it("exactly one of many concurrent refreshes of one token succeeds", async () => {
      const first = await logIn()
      const answers = await atOnce(20, () => refresh(first.refresh_token))
      expect(countStatuses(answers)).toEqual({ 200: 1, 401: 19 })
      // Nineteen of them presented a token that was already replaced.
      const successor = answers.find(({ status }) => status === 200)?.body
      expect((await refresh(successor?.refresh_token ?? "")).status).toBe(401)
      expect(await statusOfMe(client, successor?.access_token ?? "")).toBe(401)
    })

    it("no token is accepted in place of another kind", async () => {
      const { access_token, refresh_token } = await logIn()
      const grace = await register(client)
      const [verification = ""] = await mailedTokens(client, grace.user.email)
      for (const token of [access_token, verification, "", "a", "=".repeat(64), `${refresh_token}A`]) {
        const { body, status } = await refresh(token)
        expect([token, status, body.code]).toEqual(
          token === "" ? [token, 400, "validation_failed"] : [token, 401, "invalid_refresh_token"],
        )
      }
      for (const token of [access_token, refresh_token, grace.refresh_token, "a"]) {
        const { body } = await client.ask<Problem>("POST", "/api/v1/auth/verify-email", { body: { token } })
        expect([token, body.status, body.code]).toEqual([token, 400, "invalid_verification_token"])
      }
      for (const token of [refresh_token, verification]) expect(await statusOfMe(client, token)).toBe(401)
      // None of these attempts used up a token.
      expect((await refresh(refresh_token)).status).toBe(200)
      expect((await client.ask("POST", "/api/v1/auth/verify-email", { body: { token: verification } })).status).toBe(
        200,
      )
    })

    it("the published keys are public, and verify an access token that is valid for an hour", async () => {
      const { body } = await client.ask<JSONWebKeySet & { keys: ReadonlyArray<object> }>(
        "GET",
        "/.well-known/jwks.json",
      )
      for (const key of body.keys) {
        expect(key).toMatchObject({ kty: "OKP", crv: "Ed25519" })
        expect(["alg", "crv", "key_ops", "kid", "kty", "use", "x"]).toEqual(expect.arrayContaining([...keysOf(key)]))
      }
      const { payload, protectedHeader } = await jwtVerify(ada.access_token, createLocalJWKSet(body), {
        algorithms: ["EdDSA"],
        audience: "taskwright",
        issuer: "taskwright",
      })
      expect(protectedHeader.kid).toBe(body.keys.map((key) => ("kid" in key ? key.kid : undefined))[0])
      expect(keysOf(payload)).toEqual(["aud", "exp", "iat", "iss", "jti", "sid", "sub"])
      expect(payload.sub).toBe(ada.user.id)
      expect(payload["sid"]).toMatch(uuidV7)
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600)
    })

    it("a forged access token is refused", async () => {
      const { body } = await client.ask<{
        keys: ReadonlyArray<{ kid: string; kty: "OKP"; crv: "Ed25519"; x: string }>
      }>("GET", "/.well-known/jwks.json")
      const [key] = body.keys
      if (key === undefined) throw new Error("no key is published")
      const claims = { sub: ada.user.id, sid: ada.user.id, jti: ada.user.id, iss: "taskwright", aud: "taskwright" }
      const publicKey = createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "der" })
      const [header = "", payload = "", signature = ""] = ada.access_token.split(".")
      const forgedPayload = Buffer.from(
        JSON.stringify({
          ...JSON.parse(Buffer.from(payload, "base64url").toString()),
          sub: ada.user.id.replace("0", "1"),
        }),
      ).toString("base64url")
      const hs256 = (header: { kid?: string }) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: "HS256", ...header })
          .setIssuedAt()
          .setExpirationTime("1 hour")
          .sign(new Uint8Array(publicKey))
      const forged = {
        none: new UnsecuredJWT(claims).setIssuedAt().setExpirationTime("1 hour").encode(),
        publicKeyAsSecret: await hs256({ kid: key.kid }),
        unknownKey: await hs256({ kid: "unknown" }),
        otherUser: `${header}.${forgedPayload}.${signature}`,
        unsigned: `${header}.${payload}.`,
        truncated: `${header}.${payload}`,
      }
      for (const [kind, token] of Object.entries(forged)) {
        expect([kind, await statusOfMe(client, token)]).toEqual([kind, 401])
      }
    })
  })

  describe(`refreshing with a leeway on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      const policy = { lifetimeMillis: 60_000, reuseLeewayMillis: 30_000 }
      client = await startClient(Layer.merge(ports, Layer.succeed(RefreshPolicy, policy)))
    })
    afterAll(() => client.stop())

    it("a refresh can be repeated until its successor is used; then it counts as token reuse", async () => {
      const user = await register(client)
      const refresh = refreshOn(client)
      const answers = await atOnce(20, () => refresh(user.refresh_token))
      expect(countStatuses(answers)).toEqual({ 200: 20 })
      const successors = new Set(answers.map(({ body }) => body.refresh_token))
      expect(successors.size).toBe(1)
      const [successor = ""] = successors
      const next = await refresh(successor)
      expect(next.status).toBe(200)
      expect((await refresh(user.refresh_token)).status).toBe(401)
      expect((await refresh(next.body.refresh_token)).status).toBe(401)
      expect(await statusOfMe(client, next.body.access_token)).toBe(401)
    })
  })
}
