/** Tests email verification, its limits, and the endpoints that require it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { fields, keysOf, type Problem, type UserResponse } from "../Answers.ts"
import {
  atOnce,
  type Client,
  countStatuses,
  mailedTokens,
  newEmail,
  register,
  type SuitePorts,
  startClient,
} from "../Client.ts"

const verifyOn =
  ({ ask }: Client) =>
  (token: string) =>
    ask<UserResponse & Problem>("POST", "/api/v1/auth/verify-email", { body: { token } })

const resendOn =
  ({ ask }: Client) =>
  (email: string) =>
    ask("POST", "/api/v1/auth/resend-verification", { body: { email } })

export const suite = (name: string, ports: SuitePorts) => {
  describe(`email verification on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    const tokensOf = (email: string) => mailedTokens(client, email)

    it("an emailed token verifies the address in exactly one of many concurrent requests", async () => {
      const { access_token, user } = await register(client)
      const [token = ""] = await tokensOf(user.email)
      const answers = await atOnce(20, () => verifyOn(client)(token))
      expect(countStatuses(answers)).toEqual({ 200: 1, 400: 19 })
      for (const { body, status } of answers) {
        if (status === 400) expect(body.code).toBe("invalid_verification_token")
        else {
          expect(keysOf(body)).toEqual(["user"])
          expect(keysOf(body.user)).toEqual(fields.user)
          expect(body.user).toMatchObject({ ...user, is_active: true })
        }
      }
      const me = await client.ask<UserResponse>("GET", "/api/v1/users/me", { token: access_token })
      expect(me.body.user.is_active).toBe(true)
    })

    it("a request for another email is answered alike for every address, and revokes the older token", async () => {
      const { user } = await register(client)
      const verified = await register(client)
      await verifyOn(client)((await tokensOf(verified.user.email))[0] ?? "")
      const stranger = newEmail()
      for (const email of [user.email, verified.user.email, stranger, ` ${user.email.toUpperCase()} `]) {
        const answer = await resendOn(client)(email)
        expect([email, answer.status, answer.text]).toEqual([email, 202, ""])
      }
      expect(await tokensOf(stranger)).toEqual([])
      expect(await tokensOf(verified.user.email)).toHaveLength(1)
      const tokens = await tokensOf(user.email)
      expect(tokens).toHaveLength(3)
      const statuses = []
      for (const token of tokens) statuses.push((await verifyOn(client)(token)).status)
      expect(statuses).toEqual([400, 400, 200])
    })
  })

  describe(`asking for verification mails on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    it("sends at most ten emails an hour, also for concurrent requests", async () => {
      const { user } = await register(client)
      const answers = await atOnce(20, () => resendOn(client)(user.email))
      expect(countStatuses(answers)).toEqual({ 202: 20 })
      expect(await mailedTokens(client, user.email)).toHaveLength(10)
    })
  })

  describe(`required email verification on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports, { isVerifiedEmailRequired: true })
    })
    afterAll(() => client.stop())

    it("only tasks and categories require a verified address, and they work at once after the verification", async () => {
      const { access_token: token, refresh_token, user } = await register(client)
      const calls = [
        ["GET", "/api/v1/tasks"],
        ["POST", "/api/v1/tasks"],
        ["GET", `/api/v1/tasks/${user.id}`],
        ["PATCH", `/api/v1/tasks/${user.id}`],
        ["DELETE", `/api/v1/tasks/${user.id}`],
        ["POST", `/api/v1/tasks/${user.id}/categories/${user.id}`],
        ["DELETE", `/api/v1/tasks/${user.id}/categories/${user.id}`],
        ["GET", "/api/v1/categories"],
        ["POST", "/api/v1/categories"],
        ["DELETE", `/api/v1/categories/${user.id}`],
      ] as const
      const bodyOf = (method: string, path: string) =>
        method === "PATCH"
          ? { version: 1 }
          : method === "POST" && !path.includes(user.id)
            ? path.endsWith("tasks")
              ? { title: "Water the plants" }
              : { name: "Garden" }
            : undefined
      for (const [method, path] of calls) {
        const { body } = await client.ask<Problem>(method, path, { token, body: bodyOf(method, path) })
        expect([method, path, body.status, body.code]).toEqual([method, path, 403, "email_not_verified"])
        expect((await client.ask(method, path, { body: bodyOf(method, path) })).status).toBe(401)
      }
      expect((await client.ask("GET", "/api/v1/users/me", { token })).status).toBe(200)
      expect((await client.ask("POST", "/api/v1/auth/refresh", { body: { refresh_token } })).status).toBe(200)

      expect((await verifyOn(client)((await mailedTokens(client, user.email))[0] ?? "")).status).toBe(200)
      const statuses = []
      for (const [method, path] of calls) {
        statuses.push((await client.ask(method, path, { token, body: bodyOf(method, path) })).status)
      }
      expect(statuses).toEqual([200, 201, 404, 404, 404, 404, 404, 200, 201, 404])
    })
  })
}
