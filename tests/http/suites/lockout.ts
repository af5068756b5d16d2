/** Tests the lockout after failed logins. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Problem } from "../Answers.ts"
import { atOnce, type Client, countStatuses, newEmail, register, type SuitePorts, startClient } from "../Client.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the lockout on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports, { trustedProxies: 1 })
    })
    afterAll(() => client.stop())

    const logIn = (email: string, password: string, ip: string) =>
      client.ask<Problem>("POST", "/api/v1/auth/login", {
        body: { email, password },
        headers: { "x-forwarded-for": ip },
      })

    it("five failures lock the pair, even for the right password and however the address is written", async () => {
      const { password, user } = await register(client)
      const { email } = user
      const spellings = [email, email.toUpperCase(), ` ${email}`, `${email}\t`, email.replace("u", "U")]
      for (const spelling of spellings) {
        expect((await logIn(spelling, "Wrong", "192.0.2.1")).body.code).toBe("invalid_credentials")
      }
      for (const spelling of spellings) {
        const { body, headers, status } = await logIn(spelling, password, "192.0.2.1")
        expect([status, body.code]).toEqual([429, "too_many_attempts"])
        const retryAfter = Number(headers.get("retry-after"))
        expect(retryAfter).toBeGreaterThan(0)
        expect(retryAfter).toBeLessThanOrEqual(15 * 60)
      }
      // The lockout affects neither another IP nor another email.
      expect((await logIn(email, password, "192.0.2.2")).status).toBe(200)
      expect((await logIn(newEmail(), password, "192.0.2.1")).status).toBe(401)
      expect((await logIn(email, password, "192.0.2.1")).status).toBe(429)
    })

    it("concurrent failures all count", async () => {
      const { password, user } = await register(client)
      const answers = await atOnce(12, () => logIn(user.email, "Wrong", "192.0.2.3"))
      expect(countStatuses(answers)).toEqual({ 401: 5, 429: 7 })
      expect((await logIn(user.email, password, "192.0.2.3")).status).toBe(429)
    })

    it("concurrent logins with the right password are not locked out", async () => {
      const { password, user } = await register(client)
      const answers = await atOnce(20, () => logIn(user.email, password, "192.0.2.6"))
      expect(countStatuses(answers)).toEqual({ 200: 20 })
    })

    it("a successful login clears the failures before it", async () => {
      const { password, user } = await register(client)
      const statuses = []
      for (const attempt of [
        "Wrong",
        "Wrong",
        "Wrong",
        "Wrong",
        password,
        "Wrong",
        "Wrong",
        "Wrong",
        "Wrong",
        password,
      ]) {
        statuses.push((await logIn(user.email, attempt, "192.0.2.4")).status)
      }
      expect(statuses).toEqual([401, 401, 401, 401, 200, 401, 401, 401, 401, 200])
    })

    it("an address without an account is locked in the same way", async () => {
      const email = newEmail()
      const statuses = []
      for (let attempt = 0; attempt < 6; attempt++) statuses.push((await logIn(email, "Wrong", "192.0.2.5")).status)
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
    })

    it("the addresses of one IPv6 network are one IP", async () => {
      const { password, user } = await register(client)
      for (let host = 1; host <= 5; host++) await logIn(user.email, "Wrong", `2001:db8:1:2:${host}::${host}`)
      expect((await logIn(user.email, password, "2001:db8:1:2::6")).status).toBe(429)
      expect((await logIn(user.email, password, "2001:db8:1:3::6")).status).toBe(200)
    })
  })
