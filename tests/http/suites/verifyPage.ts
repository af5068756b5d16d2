/** Tests the page on which users verify their email. */
import { Effect, Logger } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { EmailVerificationRepository } from "../../../application/accounts/email/EmailVerificationRepository.ts"
import { OpaqueTokens } from "../../../application/accounts/tokens/OpaqueTokens.ts"
import { EmailVerification } from "../../../domain/accounts/EmailVerification.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { at } from "../../support/entities.ts"
import type { Problem, UserResponse } from "../Answers.ts"
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
import { formOf, formType, postForm, titleOf } from "../Forms.ts"
import { exchange, request } from "../RawSocket.ts"

const path = "/verify-email"
const wellFormed = "A".repeat(64)

const confirmed = "Your email address is confirmed"
const notComplete = "This link is not complete"
const usedUp = "This link cannot be used"
const unreadable = "This cannot be read"

const post = (to: Pick<Client, "ask">, form: string | Uint8Array<ArrayBuffer>, contentType = formType) =>
  postForm(to, path, form, contentType)

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the page that confirms an email address on ${name}`, () => {
    let client: Client
    const lines: Array<string> = []
    const tokens: Array<string> = []
    beforeAll(async () => {
      const keep = Logger.map(Logger.formatJson, (line) => {
        lines.push(line)
      })
      client = await startClient(ports, {}, [keep])
    })
    afterAll(() => client.stop())

    /** Registers a user, and returns the token that was emailed to them. */
    const newcomer = async (): Promise<{ readonly user: User; readonly token: string }> => {
      const user = await register(client)
      await expect.poll(() => mailedTokens(client, user.user.email)).toHaveLength(1)
      const [token = ""] = await mailedTokens(client, user.user.email)
      tokens.push(token)
      return { user, token }
    }

    const isEmailVerified = async ({ access_token: token }: User): Promise<boolean> =>
      (await client.ask<UserResponse>("GET", "/api/v1/users/me", { token })).body.user.is_active

    it("the link can be opened repeatedly; its form confirms the address once, and says so when it is used again", async () => {
      const { token, user } = await newcomer()
      for (const method of ["GET", "HEAD", "GET", "HEAD"]) {
        const opened = await client.ask(method, `${path}?token=${token}`)
        expect([method, opened.status]).toEqual([method, 200])
        expect(titleOf(opened.text)).toBe(method === "GET" ? "Confirm your email address" : undefined)
      }
      expect(await isEmailVerified(user)).toBe(false)

      const { text } = await client.ask("GET", `${path}?token=${token}`)
      // The form's URL is relative, because a proxy may publish the service under a path.
      expect(text).toContain('<form method="post" action="verify-email">')
      expect(text).toContain(`<input type="hidden" name="token" value="${token}">`)

      const done = await post(client, formOf({ token }))
      expect([done.status, titleOf(done.text)]).toEqual([200, confirmed])
      expect(done.text).toContain(user.user.email)
      expect(done.text).not.toContain(token)
      expect(await isEmailVerified(user)).toBe(true)

      for (const _ of ["again", "and again"]) {
        const again = await post(client, formOf({ token }))
        expect([again.status, titleOf(again.text)]).toEqual([400, usedUp])
        expect(again.text).toContain("If you have confirmed your address before, all is done.")
      }
      expect(await isEmailVerified(user)).toBe(true)
    })

    it("exactly one of many concurrent forms confirms the address", async () => {
      const { token } = await newcomer()
      expect(countStatuses(await atOnce(20, () => post(client, formOf({ token }))))).toEqual({ 200: 1, 400: 19 })
    })

    it("an expired link and a replaced link are refused", async () => {
      const { token: replaced, user } = await newcomer()
      const expired = await client.run(
        Effect.gen(function* () {
          const userId = UserId.make(user.user.id)
          const { hash, token } = yield* (yield* OpaqueTokens).make(userId)
          yield* (yield* EmailVerificationRepository).replace(
            EmailVerification.make({ userId, tokenHash: hash, expiresAt: at(-86_400) }),
          )
          return token
        }),
      )
      for (const token of [replaced, expired, wellFormed]) {
        const answer = await post(client, formOf({ token }))
        expect([answer.status, titleOf(answer.text)]).toEqual([400, usedUp])
      }
      expect(await isEmailVerified(user)).toBe(false)
    })

    it("a malformed link gets a page that says so, and none of the link is shown", async () => {
      const hostile = [
        "",
        "?",
        "?token",
        "?token=",
        "?token=short",
        `?token=${wellFormed}A`,
        `?token=${wellFormed}&token=${wellFormed}`,
        `?Token=${wellFormed}`,
        `?token[]=${wellFormed}`,
        `?token=${wellFormed.slice(1)}%00`,
        `?token=${wellFormed}%0a`,
        "?token=%3Cscript%3Ehostile%3C/script%3E",
        "?token=%22%3E%3Cimg%20src=x%20onerror=hostile%3E",
        "?token=<b>hostile</b>",
        "?token=%ED%A0%80",
        "?token=%zz",
        "?token=%",
        "?token=%c0%ae",
        "?__proto__=hostile",
        `?token=${"x".repeat(15_000)}`,
      ]
      for (const query of hostile) {
        const [answer] = await exchange(client.url, request(`GET ${path}${query}`))
        expect([query, answer?.status, titleOf(answer?.body ?? "")]).toEqual([query, 400, notComplete])
        expect([query, answer?.body]).toEqual([query, expect.not.stringMatching(/hostile|xxxx|AAAA/)])
      }
      expect((await client.ask("GET", `${path}?token=${wellFormed}`)).status).toBe(200)
    })

    it("a link works with parameters and a slash that mail programs append", async () => {
      const { token, user } = await newcomer()
      for (const [address, action] of [
        [`${path}?token=${token}&utm_source=hostile`, "verify-email"],
        [`${path}?mc_eid=hostile&token=${token}&utm_source=mail&utm_medium=email`, "verify-email"],
        [`${path}?token=${token}&amp;hostile=%zz&__proto__=1`, "verify-email"],
        [`${path}/?token=${token}`, "../verify-email"],
        [`${path}/?utm_source=hostile&token=${token}`, "../verify-email"],
      ] as const) {
        const [opened] = await exchange(client.url, request(`GET ${address}`))
        expect([address, opened?.status]).toEqual([address, 200])
        expect(opened?.body).toContain(`<form method="post" action="${action}">`)
        expect(opened?.body).not.toContain("hostile")
        expect(new URL(action, `${client.url}${address}`).pathname).toBe(path)
      }
      const again = await postForm(client, `${path}?utm_source=hostile`, formOf({ token: wellFormed }))
      expect([again.status, titleOf(again.text)]).toEqual([400, usedUp])
      const done = await postForm(client, `${path}/?utm_source=hostile&utm_medium=email`, formOf({ token }))
      expect([done.status, titleOf(done.text)]).toEqual([200, confirmed])
      expect(await isEmailVerified(user)).toBe(true)
      for (const broken of [`${path}//?token=${token}`, `${path}/x?token=${token}`]) {
        expect([broken, (await client.ask("GET", broken)).status]).toEqual([broken, 404])
      }
    })

    it("a malformed form is refused, and none of it is shown", async () => {
      const { token, user } = await newcomer()
      const unread = [
        "",
        "&&",
        "=",
        `other=hostile`,
        `token=${token}&token=${token}`,
        `token=${token}&other=hostile`,
        `token=${token}&__proto__=hostile`,
        `token=${token}&%74oken=hostile`,
        "token=%ED%A0%80",
        "token=%zz",
        "token=%",
        "token=%c0%ae",
        "%zz=hostile",
        `{"token":"${token}"}`,
      ]
      for (const form of unread) {
        const answer = await post(client, form)
        expect([form, answer.status, titleOf(answer.text)]).toEqual([form, 400, unreadable])
        expect([form, answer.text]).toEqual([form, expect.not.stringMatching(/hostile/)])
      }
      const notUtf8 = await post(client, Buffer.concat([Buffer.from("token="), Buffer.from([0xed, 0xa0, 0x80])]))
      expect([notUtf8.status, titleOf(notUtf8.text)]).toEqual([400, unreadable])

      for (const value of ["", "\0", `${token}\0`, `${token} `, '"><script>hostile</script>', "x".repeat(60_000)]) {
        const answer = await post(client, formOf({ token: value }))
        expect([value, answer.status, titleOf(answer.text)]).toEqual([value, 400, notComplete])
        expect(answer.text).not.toMatch(/hostile|xxxx/)
      }
      const inTheAddress = await client.ask("POST", `${path}?token=${token}`, {
        raw: formOf({ token }),
        headers: { "content-type": formType },
      })
      expect([inTheAddress.status, titleOf(inTheAddress.text)]).toEqual([400, notComplete])
      expect(await isEmailVerified(user)).toBe(false)
      expect((await post(client, `&token=${token.replace("A", "%41")}&`)).status).toBe(200)
    })

    it("a body in another media type is 415, one over 64 KiB is 413", async () => {
      const form = formOf({ token: wellFormed })
      for (const type of [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        `${formType}; charset=latin1`,
      ]) {
        const answer = await post(client, form, type)
        expect([type, answer.status, titleOf(answer.text)]).toEqual([type, 415, unreadable])
      }
      for (const type of [`${formType};charset=UTF-8`, "Application/X-WWW-Form-Urlencoded"]) {
        expect([type, titleOf((await post(client, form, type)).text)]).toEqual([type, usedUp])
      }
      const [none] = await exchange(client.url, request(`POST ${path}`, [`Content-Length: ${form.length}`], form))
      expect(none?.status).toBe(415)
      const large = await post(client, formOf({ token: "x".repeat(64 * 1024) }))
      expect([large.status, titleOf(large.text)]).toEqual([413, unreadable])
      // The body is not sent: a response shows that the service did not wait for it.
      const announced = request(`POST ${path}`, [`Content-Type: ${formType}`, "Content-Length: 65537"])
      expect((await exchange(client.url, announced))[0]?.status).toBe(413)
    })

    it("the page refuses other methods with 405", async () => {
      const options = await client.ask("OPTIONS", path)
      expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS, POST"])
      for (const method of ["PUT", "PATCH", "DELETE"]) {
        const { body, headers } = await client.ask<Problem>(method, path)
        expect([body.code, headers.get("allow")]).toEqual(["method_not_allowed", "GET, HEAD, OPTIONS, POST"])
      }
    })

    it("the log contains no token of the page", () => {
      expect(tokens.length).toBeGreaterThan(3)
      const routes = new Set(lines.map((line) => JSON.parse(line).annotations.route))
      for (const route of [`GET ${path}`, `POST ${path}`]) expect(routes).toContain(route)
      for (const line of lines) {
        for (const token of [...tokens, wellFormed, "hostile"]) expect(line).not.toContain(token)
      }
    })
  })
