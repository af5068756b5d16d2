/** Tests registration, login, logout and the user's own profile. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { fields, keysOf, type Problem, type Registration, type UserResponse, utcTime, uuidV7 } from "../Answers.ts"
import {
  atOnce,
  type Client,
  countStatuses,
  mailedTokens,
  newEmail,
  register,
  type SuitePorts,
  startClient,
  type User,
} from "../Client.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`accounts on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const logIn = (email: string, password: string) =>
      client.ask<Registration>("POST", "/api/v1/auth/login", { body: { email, password } })
    const me = (token: string) => client.ask<UserResponse>("GET", "/api/v1/users/me", { token })

    it("a registration returns the user and a pair of tokens, and emails a verification token", async () => {
      const email = newEmail()
      const { body, status } = await client.ask<Registration>("POST", "/api/v1/auth/register", {
        body: { email: `  ${email.toUpperCase()} `, password: "Zebr4Oak", full_name: "  Zoë 😀 " },
      })
      expect(status).toBe(201)
      expect(keysOf(body)).toEqual(fields.registration)
      expect(keysOf(body.user)).toEqual(fields.registeredUser)
      expect(body.user).toEqual({
        id: expect.stringMatching(uuidV7),
        email,
        full_name: "Zoë 😀",
        is_active: false,
        created_at: expect.stringMatching(utcTime),
      })
      expect((await me(body.access_token)).status).toBe(200)
      expect(await mailedTokens(client, email)).toHaveLength(1)
    })

    it("an email address is accepted in any case and with spaces around it", async () => {
      const { email } = ada.user
      for (const same of [email, email.toUpperCase(), `\t${email} `]) {
        const { body } = await client.ask<Problem>("POST", "/api/v1/auth/register", {
          body: { email: same, password: "Zebr4Oak", full_name: "Another" },
        })
        expect([body.status, body.code]).toEqual([409, "email_taken"])
      }
    })

    it("exactly one of many concurrent registrations of one address succeeds", async () => {
      const email = newEmail()
      const spellings = [email, email.toUpperCase(), ` ${email}`, `${email}\n`]
      const answers = await atOnce(8, (index) =>
        client.ask("POST", "/api/v1/auth/register", {
          body: { email: spellings[index % 4], password: "Zebr4Oak", full_name: "Ada" },
        }),
      )
      expect(countStatuses(answers)).toEqual({ 201: 1, 409: 7 })
      expect(await mailedTokens(client, email)).toHaveLength(1)
    })

    it("a login returns a new pair of tokens and the user", async () => {
      const { body, status } = await logIn(` ${ada.user.email.toUpperCase()} `, ada.password)
      expect(status).toBe(200)
      expect(keysOf(body)).toEqual(fields.registration)
      expect(keysOf(body.user)).toEqual(fields.userSummary)
      expect(body.user).toEqual({ id: ada.user.id, email: ada.user.email, full_name: "Ada Lovelace" })
      expect(body.refresh_token).not.toBe(ada.refresh_token)
      expect((await me(body.access_token)).body.user.id).toBe(ada.user.id)
    })

    it("a login does not tell an unknown address from a wrong password", async () => {
      const [unknown, wrong] = await Promise.all([
        client.ask<Problem>("POST", "/api/v1/auth/login", { body: { email: newEmail(), password: ada.password } }),
        client.ask<Problem>("POST", "/api/v1/auth/login", { body: { email: ada.user.email, password: "Wrong" } }),
      ])
      expect([wrong.status, wrong.body.code]).toEqual([401, "invalid_credentials"])
      const { request_id: _, ...rest } = unknown.body
      expect(wrong.body).toMatchObject(rest)
      expect(keysOf(wrong.body)).toEqual(keysOf(unknown.body))
      expect(unknown.headers.get("www-authenticate")).toBe(wrong.headers.get("www-authenticate"))
    })

    it("a password is the same however its accents are typed, and all of it counts", async () => {
      const email = newEmail()
      const password = `Schlüssel 1 ${"x".repeat(115)}é`.normalize("NFC")
      await client.ask("POST", "/api/v1/auth/register", { body: { email, password, full_name: "Ada" } })
      expect((await logIn(email, password.normalize("NFD"))).status).toBe(200)
      expect((await logIn(email, password.slice(0, -1))).status).toBe(401)
    })

    it("the profile is that of the user of the access token", async () => {
      const { body, status } = await me(ada.access_token)
      expect(status).toBe(200)
      expect(keysOf(body)).toEqual(["user"])
      expect(keysOf(body.user)).toEqual(fields.user)
      expect(body.user).toEqual({ ...ada.user, updated_at: expect.stringMatching(utcTime) })
    })

    it("a logout revokes only the current session, with its access token and its refresh token", async () => {
      const session = (await logIn(ada.user.email, ada.password)).body
      const answer = await client.ask("POST", "/api/v1/auth/logout", { token: session.access_token })
      expect([answer.status, answer.text]).toEqual([204, ""])
      expect((await me(session.access_token)).status).toBe(401)
      const refresh = await client.ask<Problem>("POST", "/api/v1/auth/refresh", {
        body: { refresh_token: session.refresh_token },
      })
      expect([refresh.status, refresh.body.code]).toEqual([401, "invalid_refresh_token"])
      expect((await client.ask("POST", "/api/v1/auth/logout", { token: session.access_token })).status).toBe(401)
      expect((await me(ada.access_token)).status).toBe(200)
    })

    it("a request without a token and one with an invalid token get different challenges", async () => {
      const calls = [
        ["GET", "/api/v1/users/me"],
        ["POST", "/api/v1/auth/logout"],
        ["GET", "/api/v1/tasks"],
        ["DELETE", `/api/v1/categories/${ada.user.id}`],
      ] as const
      for (const [method, path] of calls) {
        const none = await client.ask<Problem>(method, path)
        expect([none.status, none.body.code]).toEqual([401, "unauthorized"])
        expect(none.headers.get("www-authenticate")).toBe("Bearer")
        const basic = await client.ask(method, path, { headers: { authorization: "Basic YTpi" } })
        expect([basic.status, basic.headers.get("www-authenticate")]).toEqual([401, "Bearer"])
        const bad = await client.ask<Problem>(method, path, { token: "no.good.token" })
        expect([bad.status, bad.body.code]).toEqual([401, "unauthorized"])
        expect(bad.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"')
      }
    })
  })
