/** Tests the rate limits of users and IP addresses, also behind proxies. */
import { Effect } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import { HttpSettings } from "../../../adapters/http/server/settings/HttpSettings.ts"
import { ApiTokenSecrets } from "../../../application/accounts/tokens/ApiTokenSecrets.ts"
import type { Answer } from "../../support/http.ts"
import type { Problem } from "../Answers.ts"
import { atOnce, type Client, countStatuses, createToken, register, type SuitePorts, startClient } from "../Client.ts"
import { exchange, request } from "../RawSocket.ts"

const { addressLimit, documentLimit, userLimit } = HttpSettings.defaultValue()

export const suite = (name: string, ports: SuitePorts) =>
  describe(`rate limits on ${name}`, () => {
    let client: Client
    const start = async (settings: Partial<HttpSettings> = {}) => {
      client = await startClient(ports, { addressLimit, documentLimit, userLimit, ...settings })
    }
    afterEach(() => client.stop())

    const limitHeaders = (headers: Headers) =>
      ["policy", "limit", "remaining"].map((name) => headers.get(`ratelimit-${name}`))

    /** Checks that a response with 429 says which limit refused it, and after how many seconds to send it again. */
    const expectRefused = ({ body, headers }: Answer<Problem>, policy: string) => {
      expect(body).toMatchObject({ code: "rate_limited", violated_policies: [policy] })
      const [, seconds] = new RegExp(`^"${policy}";r=0;t=(\\d+)$`).exec(headers.get("ratelimit") ?? "") ?? []
      expect(Number(seconds)).toBeGreaterThan(0)
      expect(Number(headers.get("retry-after"))).toBeGreaterThanOrEqual(Number(seconds))
      expect(Number(headers.get("retry-after"))).toBeLessThanOrEqual(60)
    }

    it("a user has exactly 100 requests a minute, whatever their status, and each user has a limit of their own", async () => {
      await start()
      const ada = await register(client)
      const grace = await register(client)
      const calls = [
        { method: "GET", path: "/api/v1/users/me", status: 200 },
        { method: "GET", path: "/api/v1/tasks?limit=0", status: 400 },
        { method: "GET", path: `/api/v1/tasks/${ada.user.id}`, status: 404 },
        { method: "POST", path: "/api/v1/auth/refresh", body: { refresh_token: "unknown" }, status: 401 },
      ]
      const answers = await atOnce(120, (index) => {
        const { body, method = "", path = "" } = calls[index % 4] ?? {}
        return client.ask<Problem>(method, path, { token: ada.access_token, body })
      })
      const refused = answers.filter(({ status }) => status === 429)
      expect(refused).toHaveLength(20)
      for (const answer of refused) {
        expectRefused(answer, "user")
        expect(limitHeaders(answer.headers)).toEqual(['"user";q=100;w=60', "100", "0"])
      }
      const passed = answers.filter(({ status }) => status !== 429)
      const remaining = passed.map(({ headers }) => Number(headers.get("ratelimit-remaining"))).sort((a, b) => a - b)
      expect(remaining).toEqual(Array.from({ length: 100 }, (_, index) => index))
      for (const { headers } of passed) expect(limitHeaders(headers).slice(0, 2)).toEqual(['"user";q=100;w=60', "100"])
      expect(Object.keys(countStatuses(passed))).toEqual(["200", "400", "401", "404"])
      expect((await client.ask("GET", "/api/v1/users/me", { token: grace.access_token })).status).toBe(200)
    })

    it("an API token has a limit of its own, beside that of its user and of other tokens", async () => {
      await start({ tokenLimit: { limit: 10, windowMillis: 60_000 } })
      const ada = await register(client)
      const [one, other] = [
        await createToken(client, ada, ["tasks:read"]),
        await createToken(client, ada, ["webhooks"]),
      ]
      const list = (token: string) => client.ask<Problem>("GET", "/api/v1/tasks", { token })
      const answers = await atOnce(15, () => list(one.secret))
      expect(countStatuses(answers)).toEqual({ 200: 10, 429: 5 })
      for (const answer of answers.filter(({ status }) => status === 429)) expectRefused(answer, "token")
      // A refused scope counts, too.
      const missing = await list(other.secret)
      expect([missing.status, ...limitHeaders(missing.headers)]).toEqual([403, '"token";q=10;w=60', "10", "9"])
      const own = await list(ada.access_token)
      expect([own.status, own.headers.get("ratelimit-policy")]).toEqual([200, '"user";q=100;w=60'])
    })

    it("an address with 20 unknown API tokens gets 429 for another, and what is known goes on", async () => {
      await start({ addressLimit: { limit: 1_000, windowMillis: 60_000 } })
      const ada = await register(client)
      const known = await createToken(client, ada, ["tasks:read"])
      const list = (token: string) => client.ask<Problem>("GET", "/api/v1/tasks", { token })
      expect((await list(known.secret)).status).toBe(200)
      const unknown = await client.run(
        Effect.flatMap(ApiTokenSecrets, ({ make }) => Effect.all(Array.from({ length: 25 }, () => make))),
      )
      const answers = []
      for (const { secret } of unknown) answers.push(await list(secret))
      expect(countStatuses(answers)).toEqual({ 401: 20, 429: 5 })
      expect(answers[24]?.body).toMatchObject({ code: "rate_limited", violated_policies: ["ip"] })
      expect(Number(answers[24]?.headers.get("retry-after"))).toBeGreaterThan(0)
      expect((await list(known.secret)).status).toBe(200)
    })

    it("an IP has exactly 20 requests a minute without a valid token, which do not count for a user", async () => {
      await start()
      const ada = await register(client)
      const answers = await atOnce(40, (index) =>
        client.ask<Problem>("GET", "/api/v1/users/me", {
          token: index % 2 === 0 ? undefined : `bad${index}`,
          headers: {
            "x-forwarded-for": `192.0.2.${index}`,
            "x-real-ip": `192.0.2.${index}`,
            forwarded: `for=192.0.2.${index}`,
            "x-client-ip": `192.0.2.${index}`,
          },
        }),
      )
      // The registration was the first of the twenty.
      expect(countStatuses(answers)).toEqual({ 401: 19, 429: 21 })
      for (const { headers } of answers) expect(limitHeaders(headers).slice(0, 2)).toEqual(['"ip";q=20;w=60', "20"])
      for (const answer of answers.filter(({ status }) => status === 429)) expectRefused(answer, "ip")
      expect((await client.ask("GET", "/api/v1/users/me", { token: ada.access_token })).status).toBe(200)
      expect((await client.ask("GET", "/api/v1/users/me")).status).toBe(429)
    })

    it("the API's limits do not count health checks, documents, keys and unknown paths", async () => {
      await start()
      const paths = {
        "/health": 200,
        "/health/ready": 200,
        "/openapi.json": 200,
        "/.well-known/jwks.json": 200,
        "/.well-known/api-catalog": 200,
        "/api": 200,
        "/api/v1": 200,
        "/problems/not_found": 200,
        "/nope": 404,
        "/api/v1/nope": 404,
        "/": 303,
      }
      for (const [path, status] of Object.entries(paths)) {
        const answers = await atOnce(30, () => client.ask("GET", path))
        expect([path, countStatuses(answers)]).toEqual([path, { [status]: 30 }])
        const limit = path === "/openapi.json" ? String(documentLimit.limit) : null
        for (const { headers } of answers) expect([path, headers.get("ratelimit-limit")]).toEqual([path, limit])
      }
      const wrongMethod = await atOnce(30, () => client.ask("PUT", "/api/v1/tasks"))
      expect(countStatuses(wrongMethod)).toEqual({ 405: 30 })
      const docs = await atOnce(21, () => client.ask("HEAD", "/docs"))
      expect(countStatuses(docs)).toEqual({ 200: 21 })
      expect((await client.ask("GET", "/api/v1/users/me")).headers.get("ratelimit-remaining")).toBe("19")
    })

    it("behind one proxy the right-most address counts, and an IPv6 address by its network", async () => {
      await start({ trustedProxies: 1 })
      const from = async (times: number, forwardedFor: (index: number) => string) =>
        countStatuses(
          await atOnce(times, (index) =>
            client.ask("GET", "/api/v1/users/me", { headers: { "x-forwarded-for": forwardedFor(index) } }),
          ),
        )
      expect(await from(25, (index) => `10.0.0.${index}, 203.0.113.9, 192.0.2.1`)).toEqual({ 401: 20, 429: 5 })
      expect(await from(1, () => "192.0.2.1,203.0.113.9")).toEqual({ 401: 1 })
      expect(await from(25, (index) => `2001:db8:0:1:${index}::1`)).toEqual({ 401: 20, 429: 5 })
      expect(await from(1, () => "2001:db8:0:2::1")).toEqual({ 401: 1 })
      // An entry that names no address counts as the proxy itself.
      expect(await from(25, (index) => `192.0.2.7, not-an-address-${index}`)).toEqual({ 401: 20, 429: 5 })
    })

    it("behind a proxy that adds ports, brackets or quotes each client is counted separately", async () => {
      await start({ trustedProxies: 1 })
      const forms = [
        (port: number) => `203.0.113.66:${port}`,
        (port: number) => `"203.0.113.67:${port}"`,
        (port: number) => `[2001:db8:0:3::1]:${port}`,
        (port: number) => `"[2001:db8:0:4::${port}]:${port}"`,
        (port: number) => `[::ffff:203.0.113.68]:${port}`,
        () => "[2001:db8:0:5::1]",
      ]
      for (const form of forms) {
        const answers = await atOnce(25, (index) =>
          client.ask("GET", "/api/v1/users/me", {
            headers: { "x-forwarded-for": `192.0.2.1, ${form(50_000 + index)}` },
          }),
        )
        expect([form(1), countStatuses(answers)]).toEqual([form(1), { 401: 20, 429: 5 }])
      }
      // The proxies' header lines form one list: the last entry of the last line counts.
      const lines = ["X-Forwarded-For: 198.51.100.1, 203.0.113.66:1", "X-Forwarded-For: 203.0.113.99:2"]
      const [other] = await exchange(client.url, request("GET /api/v1/users/me", lines))
      const [same] = await exchange(client.url, request("GET /api/v1/users/me", lines.toReversed()))
      expect([other?.status, same?.status]).toEqual([401, 429])
    })
  })
