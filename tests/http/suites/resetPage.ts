/** Tests the page on which users choose a new password. */
import { Effect, Logger } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { PasswordResetRepository } from "../../../application/accounts/passwords/PasswordResetRepository.ts"
import { OpaqueTokens } from "../../../application/accounts/tokens/OpaqueTokens.ts"
import { now } from "../../../application/shared/Now.ts"
import { issue } from "../../../domain/accounts/PasswordReset.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { at } from "../../support/entities.ts"
import type { Registration, UserResponse } from "../Answers.ts"
import { atOnce, type Client, countStatuses, register, type SuitePorts, startClient, type User } from "../Client.ts"
import { formOf, postForm, titleOf } from "../Forms.ts"

const path = "/reset-password"
const wellFormed = "A".repeat(64)
const newPassword = 'Another <"Horse"> & 2'

const title = "Choose a new password"
const changed = "Your password is changed"
const usedUp = "This link cannot be used"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the page that resets a password on ${name}`, () => {
    let client: Client
    const lines: Array<string> = []
    const secrets: Array<string> = [newPassword]
    beforeAll(async () => {
      const keep = Logger.map(Logger.formatJson, (line) => {
        lines.push(line)
      })
      client = await startClient(ports, {}, [keep])
    })
    afterAll(() => client.stop())

    /** Returns a token like the one in an email for a forgotten password. */
    const resetToken = async ({ user }: User, asked = now): Promise<string> => {
      const token = await client.run(
        Effect.gen(function* () {
          const userId = UserId.make(user.id)
          const { hash, token } = yield* (yield* OpaqueTokens).make(userId)
          yield* (yield* PasswordResetRepository).replace(issue(userId, hash, yield* asked))
          return token
        }),
      )
      secrets.push(token)
      return token
    }

    const post = (token: string, password = newPassword) => postForm(client, path, formOf({ token, password }))
    const isSignedIn = async ({ access_token: token }: User) =>
      (await client.ask("GET", "/api/v1/users/me", { token })).status === 200
    const canLogIn = async ({ user: { email } }: User, password: string) =>
      (await client.ask("POST", "/api/v1/auth/login", { body: { email, password } })).status === 200

    it("the link can be opened repeatedly; its form changes the password once, and revokes all sessions", async () => {
      const ada = await register(client)
      const token = await resetToken(ada)
      for (const method of ["GET", "HEAD", "GET"]) {
        const opened = await client.ask(method, `${path}?token=${token}`)
        expect([method, opened.status]).toEqual([method, 200])
        expect(titleOf(opened.text)).toBe(method === "GET" ? title : undefined)
      }
      const { text } = await client.ask("GET", `${path}?token=${token}`)
      expect(text).toContain('<form method="post" action="reset-password">')
      expect(text).toContain(`<input type="hidden" name="token" value="${token}">`)
      expect(text).toMatch(/<label for="password">/)
      expect(text).toMatch(/<input type="password" id="password" name="password" autocomplete="new-password" required/)
      expect(text).not.toMatch(/aria-invalid=|role="alert"/)
      expect([await isSignedIn(ada), await canLogIn(ada, ada.password)]).toEqual([true, true])

      const done = await post(token)
      expect([done.status, titleOf(done.text)]).toEqual([200, changed])
      expect(done.text).not.toContain(token)
      expect(await isSignedIn(ada)).toBe(false)
      expect([await canLogIn(ada, ada.password), await canLogIn(ada, newPassword)]).toEqual([false, true])

      const { body } = await client.ask<Registration>("POST", "/api/v1/auth/login", {
        body: { email: ada.user.email, password: newPassword },
      })
      const me = await client.ask<UserResponse>("GET", "/api/v1/users/me", { token: body.access_token })
      expect(me.body.user.is_active).toBe(true)

      const again = await post(token, "Yet Another Horse 3")
      expect([again.status, titleOf(again.text)]).toEqual([400, usedUp])
      expect(await canLogIn(ada, newPassword)).toBe(true)
    })

    it("a password that breaks the rule gets the form again, with the reason and the token, and is not shown", async () => {
      const ada = await register(client)
      const token = await resetToken(ada)
      const weak = {
        Shrt1: "The password must have 8 to 128 characters.",
        "lowercase'1": "The password must have an upper-case letter.",
        UPPERCASE1: "The password must have a lower-case letter.",
        "No<b>Digits": "The password must have a digit.",
        nothingelse: "The password must have an upper-case letter and must have a digit.",
        "": "The password must have 8 to 128 characters and must have a lower-case letter and must have an upper-case letter and must have a digit.",
        "NUL\0 inside 1": "The password must not contain NUL or lone surrogates.",
        [`Aa1${"😀".repeat(126)}`]: "The password must have 8 to 128 characters.",
      }
      for (const [password, reason] of Object.entries(weak)) {
        const answer = await post(token, password)
        expect([password, answer.status, titleOf(answer.text)]).toEqual([password, 400, title])
        expect(answer.text).toContain(`<p id="complaint" class="complaint" role="alert">${reason}</p>`)
        expect(answer.text).toContain('aria-describedby="complaint rule" aria-invalid="true"')
        expect(answer.text).toContain(`<input type="hidden" name="token" value="${token}">`)
        if (password !== "") expect(answer.text).not.toContain(password)
      }
      expect(await isSignedIn(ada)).toBe(true)
      expect((await post(token, `Aa1${"😀".repeat(125)}`)).status).toBe(200)
    })

    it("a link works with what mail programs append to it: parameters, and a slash", async () => {
      const ada = await register(client)
      const token = await resetToken(ada)
      for (const [address, action] of [
        [`${path}?utm_source=hostile&token=${token}&password=hostile`, "reset-password"],
        [`${path}/?token=${token}&utm_source=hostile`, "../reset-password"],
      ] as const) {
        const opened = await client.ask("GET", address)
        expect([address, opened.status]).toEqual([address, 200])
        expect(opened.text).toContain(`<form method="post" action="${action}">`)
        expect(opened.text).not.toContain("hostile")
      }
      const weak = await postForm(client, `${path}/?utm_source=hostile`, formOf({ token, password: "short" }))
      expect(weak.status).toBe(400)
      expect(weak.text).toContain('<form method="post" action="../reset-password">')
      // The form's fields are rejected in the URL, which could be logged.
      const inTheAddress = `${path}?password=hostile`
      const refused = await postForm(client, inTheAddress, formOf({ token, password: "Racing Horse 1" }))
      expect([refused.status, titleOf(refused.text)]).toEqual([400, "This link is not complete"])
      const done = await postForm(client, `${path}/?utm_source=x`, formOf({ token, password: "Racing Horse 1" }))
      expect(done.status).toBe(200)
      expect(await canLogIn(ada, "Racing Horse 1")).toBe(true)
    })

    it("a common password gets the form again, and the link stays valid", async () => {
      const token = await resetToken(await register(client))
      secrets.push("Password123")
      const refused = await post(token, "Password123")
      expect([refused.status, titleOf(refused.text)]).toEqual([400, title])
      expect(refused.text).toContain("The password must not be one of the most used passwords.")
      expect(refused.text).toContain(`value="${token}"`)
      expect(refused.text).not.toContain("Password123")
      expect((await post(token)).status).toBe(200)
    })

    it("exactly one of many concurrent forms changes the password, and its password is stored", async () => {
      const ada = await register(client)
      const token = await resetToken(ada)
      const answers = await atOnce(5, (index) => post(token, `Racing Horse ${index}`))
      expect(countStatuses(answers)).toEqual({ 200: 1, 400: 4 })
      const winner = answers.findIndex(({ status }) => status === 200)
      expect(await canLogIn(ada, `Racing Horse ${winner}`)).toBe(true)
    })

    it("an expired link, a replaced link and a token of another kind are refused", async () => {
      const ada = await register(client)
      const replaced = await resetToken(ada)
      const expired = await resetToken(ada, Effect.succeed(at(-86_400)))
      for (const token of [replaced, expired, ada.refresh_token, wellFormed]) {
        const answer = await post(token)
        expect([answer.status, titleOf(answer.text)]).toEqual([400, usedUp])
      }
      expect(await canLogIn(ada, ada.password)).toBe(true)
    })

    it("a malformed link or form is refused, and none of it is shown", async () => {
      for (const query of ["", "?token=", "?token=hostile"]) {
        const answer = await client.ask("GET", `${path}${query}`)
        expect([query, answer.status, titleOf(answer.text)]).toEqual([query, 400, "This link is not complete"])
        expect(answer.text).not.toContain("hostile")
      }
      expect(titleOf((await post('"><script>hostile</script>')).text)).toBe("This link is not complete")
      for (const form of [
        formOf({ token: wellFormed }),
        formOf({ password: "hostile" }),
        `${formOf({ token: wellFormed, password: "hostile" })}&password=hostile`,
        `${formOf({ token: wellFormed, password: "hostile" })}&user_id=hostile`,
        `token=${wellFormed}&password=hostile%ED%A0%80`,
      ]) {
        const answer = await postForm(client, path, form)
        expect([form, answer.status, titleOf(answer.text)]).toEqual([form, 400, "This cannot be read"])
        expect(answer.text).not.toContain("hostile")
      }
      const options = await client.ask("OPTIONS", path)
      expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS, POST"])
    })

    it("the log contains no token and no password of the reset page", () => {
      expect(secrets.length).toBeGreaterThan(4)
      const routes = new Set(lines.map((line) => JSON.parse(line).annotations.route))
      for (const route of [`GET ${path}`, `POST ${path}`]) expect(routes).toContain(route)
      for (const line of lines) {
        for (const secret of [...secrets, "Horse", "hostile"]) expect(line).not.toContain(secret)
      }
    })
  })
