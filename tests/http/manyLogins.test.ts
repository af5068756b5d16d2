/** Tests the login throttle and the queue of password hashes under many concurrent logins. */
import { Layer } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as Argon2PasswordHasher from "../../adapters/crypto/Argon2PasswordHasher.ts"
import { memory } from "../../bootstrap/memory.ts"
import { type Service, startService } from "../support/http.ts"
import type { Problem } from "./Answers.ts"
import { atOnce, countStatuses, expectSound, newEmail, register } from "./Client.ts"

// A hundred hashes take seconds. The result depends on the throttle and the hasher, not on the repository, so the tests
// run on memory alone.
describe("many logins", () => {
  let service: Service
  beforeAll(async () => {
    const hasher = Argon2PasswordHasher.layer({ maximumWaiting: 64 })
    service = await startService(Layer.merge(memory, hasher), { trustedProxies: 1 })
  })
  afterAll(() => service.stop())

  const logIn = async (email: string, password: string, ip = "192.0.2.1") => {
    const answer = await service.ask<Problem>("POST", "/api/v1/auth/login", {
      body: { email, password },
      headers: { "x-forwarded-for": ip },
    })
    expectSound("POST", "/api/v1/auth/login", answer)
    return answer
  }

  it("a hundred failures from anywhere lock an address, but not for an IP that has logged in before", async () => {
    const { password, user } = await register(service)
    expect((await logIn(user.email, password, "198.51.100.1")).status).toBe(200)
    // In two parts, because the number of concurrent password hashes is limited.
    for (const part of [0, 1]) {
      const answers = await atOnce(50, (index) => logIn(user.email, "Wrong", `203.0.113.${50 * part + index}`))
      expect(countStatuses(answers)).toEqual({ 401: 50 })
    }
    const refused = await logIn(user.email, password, "198.51.100.2")
    expect([refused.status, refused.body.code]).toEqual([429, "too_many_attempts"])
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(60 * 60)
    expect((await logIn(user.email, password, "198.51.100.1")).status).toBe(200)
  })

  it("of more than can be hashed at once some are told to come back, and those do not count as wrong", async () => {
    const emails = Array.from({ length: 90 }, newEmail)
    const answers = await Promise.all(emails.map((email) => logIn(email, "Wrong")))
    const busy = answers.filter(({ status }) => status === 503)
    expect(countStatuses(answers)).toEqual({ 401: 90 - busy.length, 503: busy.length })
    expect(busy.length).toBeGreaterThan(0)
    for (const { body, headers } of busy) {
      expect([body.code, Number(headers.get("retry-after")) > 0]).toEqual(["unavailable", true])
    }
    const email = emails[answers.findIndex(({ status }) => status === 503)] ?? ""
    const statuses = []
    for (let attempt = 0; attempt < 6; attempt++) statuses.push((await logIn(email, "Wrong")).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  })
})
