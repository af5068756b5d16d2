/** Tests changing and resetting passwords, and the password rules. */
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import { PasswordHasher } from "../../../application/accounts/passwords/PasswordHasher.ts"
import { SubmittedPassword } from "../../../domain/accounts/Password.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { read } from "../../support/decoding.ts"
import type { Problem, Registration, TokenPair, UserResponse } from "../Answers.ts"
import {
  atOnce,
  type Client,
  countStatuses,
  mailedTokens,
  mailsTo,
  newEmail,
  register,
  type SuitePorts,
  startClient,
  type User,
} from "../Client.ts"

const newPassword = "Another Horse 2"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`passwords on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    const logIn = (email: string, password: string) =>
      client.ask<Registration & Problem>("POST", "/api/v1/auth/login", { body: { email, password } })
    const refresh = (refresh_token: string) =>
      client.ask<Problem>("POST", "/api/v1/auth/refresh", { body: { refresh_token } })
    const change = (token: string, current_password: string, new_password = newPassword) =>
      client.ask<Problem>("POST", "/api/v1/auth/change-password", { token, body: { current_password, new_password } })
    const isSignedIn = async ({ access_token: token }: Pick<TokenPair, "access_token">) =>
      (await client.ask("GET", "/api/v1/users/me", { token })).status === 200
    const elsewhere = async ({ password, user }: User) => (await logIn(user.email, password)).body

    const forgot = (email: string) => client.ask("POST", "/api/v1/auth/forgot-password", { body: { email } })
    const reset = (token: string, password = newPassword) =>
      client.ask<Problem>("POST", "/api/v1/auth/reset-password", { body: { token, password } })
    const mailKinds = async (email: string) => (await mailsTo(client, email)).map(({ _tag }) => _tag)
    const resetTokens = async (email: string) =>
      (await mailsTo(client, email)).flatMap((mail) => (mail._tag === "ResetPassword" ? [mail.token] : []))

    it("a change needs the current password and ends the other sessions, their access tokens too", async () => {
      const ada = await register(client)
      const other = await elsewhere(ada)
      const answer = await change(ada.access_token, ada.password)
      expect([answer.status, answer.text]).toEqual([204, ""])
      expect(answer.headers.get("cache-control")).toBe("no-store")
      expect([await isSignedIn(ada), await isSignedIn(other)]).toEqual([true, false])
      expect((await refresh(other.refresh_token)).body.code).toBe("invalid_refresh_token")
      expect((await refresh(ada.refresh_token)).status).toBe(200)
      expect((await logIn(ada.user.email, ada.password)).body.code).toBe("invalid_credentials")
      expect((await logIn(ada.user.email, newPassword)).status).toBe(200)
    })

    it("a wrong current password changes nothing", async () => {
      const ada = await register(client)
      const other = await elsewhere(ada)
      const answer = await change(ada.access_token, "Wrong horse 1")
      expect([answer.status, answer.body.code]).toEqual([401, "invalid_credentials"])
      expect([await isSignedIn(ada), await isSignedIn(other)]).toEqual([true, true])
      expect((await logIn(ada.user.email, ada.password)).status).toBe(200)
    })

    it("guesses of the current password are locked out like guesses at login", async () => {
      const ada = await register(client)
      for (let guess = 1; guess <= 5; guess++) {
        expect((await change(ada.access_token, `Wrong horse ${guess}`)).status).toBe(401)
      }
      const locked = await change(ada.access_token, ada.password)
      expect([locked.status, locked.body.code]).toEqual([429, "too_many_attempts"])
      expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(0)
    })

    it("a new password that breaks the rules is refused, and the fields are named", async () => {
      const ada = await register(client)
      for (const weak of ["short1A", "nouppercase1", "NOLOWERCASE1", "NoDigitsHere", "A1".repeat(80), "", 5, null]) {
        const { body } = await client.ask<Problem>("POST", "/api/v1/auth/change-password", {
          token: ada.access_token,
          body: { current_password: ada.password, new_password: weak },
        })
        expect([weak, body.code, body.errors?.map(({ path }) => path)[0]]).toEqual([
          weak,
          "validation_failed",
          "body.new_password",
        ])
      }
      expect(await isSignedIn(ada)).toBe(true)
    })

    it("a common password is refused when it is chosen, and never at login", async () => {
      const refused = (field: string) => ({
        status: 400,
        code: "validation_failed",
        errors: [{ path: `body.${field}`, message: "must not be one of the most used passwords" }],
      })
      const ada = await register(client)
      for (const password of ["Password1", "Qwerty123", "pASSWORD1", "P@ssw0rd", "Ｐａssword１"]) {
        const registered = await client.ask<Problem>("POST", "/api/v1/auth/register", {
          body: { email: newEmail(), password, full_name: "Ada Lovelace" },
        })
        expect(registered.body).toMatchObject(refused("password"))
        expect((await change(ada.access_token, ada.password, password)).body).toMatchObject(refused("new_password"))
      }
      await forgot(ada.user.email)
      const [token = ""] = await resetTokens(ada.user.email)
      expect((await reset(token, "Welcome123")).body).toMatchObject(refused("password"))
      // The password is rejected before the token is checked, so the token stays valid.
      expect((await reset("A".repeat(64), "Welcome123")).body).toMatchObject(refused("password"))
      expect((await reset(token)).status).toBe(204)
      expect((await logIn(ada.user.email, "Password1")).body.code).toBe("invalid_credentials")
    })

    it("an account that already has a common password can log in with it and change it", async () => {
      const ada = await register(client)
      const old = "Password1"
      await client.run(
        Effect.gen(function* () {
          const accounts = yield* AccountRepository
          const account = yield* accounts.get(UserId.make(ada.user.id))
          const turn = { priority: "known", address: "test" } as const
          const passwordHash = yield* (yield* PasswordHasher).hash(read(SubmittedPassword)(old), turn)
          yield* accounts.update({ ...account, passwordHash })
        }),
      )
      const { body, status } = await logIn(ada.user.email, old)
      expect(status).toBe(200)
      expect((await change(body.access_token, old)).status).toBe(204)
    })

    it("exactly one of many concurrent changes succeeds, and its password is stored", async () => {
      const ada = await register(client)
      const answers = await atOnce(4, (index) => change(ada.access_token, ada.password, `Racing Horse ${index}`))
      const counts = countStatuses(answers)
      expect(counts[204]).toBe(1)
      const winner = answers.findIndex(({ status }) => status === 204)
      expect((await logIn(ada.user.email, `Racing Horse ${winner}`)).status).toBe(200)
    })

    it("a password is changed only with a valid access token", async () => {
      for (const token of [undefined, "nonsense"]) {
        const answer = await client.ask<Problem>("POST", "/api/v1/auth/change-password", {
          token,
          body: { current_password: "x", new_password: newPassword },
        })
        expect([answer.status, answer.body.code]).toEqual([401, "unauthorized"])
      }
    })

    it("a forgotten password is reset by email, which revokes every session and notifies the owner", async () => {
      const ada = await register(client)
      const other = await elsewhere(ada)
      const asked = await forgot(` ${ada.user.email.toUpperCase()}`)
      expect([asked.status, asked.text, asked.headers.get("cache-control")]).toEqual([202, "", "no-store"])
      expect([await isSignedIn(ada), (await logIn(ada.user.email, ada.password)).status]).toEqual([true, 200])
      const [token = ""] = await resetTokens(ada.user.email)
      const answer = await reset(token)
      expect([answer.status, answer.text]).toEqual([204, ""])
      expect([await isSignedIn(ada), await isSignedIn(other)]).toEqual([false, false])
      expect((await refresh(other.refresh_token)).body.code).toBe("invalid_refresh_token")
      expect((await logIn(ada.user.email, ada.password)).body.code).toBe("invalid_credentials")
      expect((await logIn(ada.user.email, newPassword)).status).toBe(200)
      expect((await reset(token)).body.code).toBe("invalid_reset_token")
      expect(await mailKinds(ada.user.email)).toEqual(["VerifyEmail", "ResetPassword", "PasswordChanged"])
    })

    it("a completed reset verifies the address, but a change of the password does not", async () => {
      const me = async (token: string) =>
        (await client.ask<UserResponse>("GET", "/api/v1/users/me", { token })).body.user
      const ada = await register(client)
      await change(ada.access_token, ada.password, "Changed Horse 3")
      // Read before the reset, so that a profile cache holds the account's earlier state.
      expect((await me(ada.access_token)).is_active).toBe(false)
      const [verification = ""] = await mailedTokens(client, ada.user.email)
      await forgot(ada.user.email)
      const [token = ""] = await resetTokens(ada.user.email)
      expect((await me(ada.access_token)).is_active).toBe(false)
      expect((await reset(token, "weak")).status).toBe(400)
      expect((await me(ada.access_token)).is_active).toBe(false)
      expect((await reset(token)).status).toBe(204)
      const { access_token } = (await logIn(ada.user.email, newPassword)).body
      expect((await me(access_token)).is_active).toBe(true)
      // The reset proves the email, so the verification token becomes invalid, and no further email asks for
      // verification.
      const verified = await client.ask<Problem>("POST", "/api/v1/auth/verify-email", { body: { token: verification } })
      expect(verified.body.code).toBe("invalid_verification_token")
      await client.ask("POST", "/api/v1/auth/resend-verification", { body: { email: ada.user.email } })
      const kinds = await mailKinds(ada.user.email)
      expect(kinds.filter((kind) => kind === "VerifyEmail")).toHaveLength(1)
    })

    it("a reset token works in exactly one of many concurrent requests, and a newer email revokes it", async () => {
      const ada = await register(client)
      await forgot(ada.user.email)
      const [older = ""] = await resetTokens(ada.user.email)
      await forgot(ada.user.email)
      const [, newer = ""] = await resetTokens(ada.user.email)
      expect((await reset(older)).body.code).toBe("invalid_reset_token")
      expect(countStatuses(await atOnce(20, () => reset(newer)))).toEqual({ 204: 1, 400: 19 })
    })

    it("a refused new password does not use up the reset token", async () => {
      const ada = await register(client)
      await forgot(ada.user.email)
      const [token = ""] = await resetTokens(ada.user.email)
      expect((await reset(token, "weak")).body.errors?.[0]?.path).toBe("body.password")
      expect((await reset(token)).status).toBe(204)
    })

    it("a reset request is answered alike for every address, and sends at most ten emails an hour to the owner alone", async () => {
      const ada = await register(client)
      const stranger = newEmail()
      for (const email of [ada.user.email, stranger]) {
        const answer = await forgot(email)
        expect([answer.status, answer.text]).toEqual([202, ""])
      }
      expect(await mailKinds(stranger)).toEqual([])
      expect(countStatuses(await atOnce(20, () => forgot(ada.user.email)))).toEqual({ 202: 20 })
      expect(await resetTokens(ada.user.email)).toHaveLength(10)
    })

    it("a token for one purpose is refused for every other purpose", async () => {
      const ada = await register(client)
      await forgot(ada.user.email)
      const mails = await mailsTo(client, ada.user.email)
      const tokens = mails.flatMap((mail) => ("token" in mail ? [mail.token] : []))
      const [verification = "", ofReset = ""] = tokens
      expect((await reset(verification)).body.code).toBe("invalid_reset_token")
      const verified = await client.ask<Problem>("POST", "/api/v1/auth/verify-email", { body: { token: ofReset } })
      expect(verified.body.code).toBe("invalid_verification_token")
      expect((await refresh(ofReset)).body.code).toBe("invalid_refresh_token")
      expect((await client.ask("GET", "/api/v1/users/me", { token: ofReset })).status).toBe(401)
    })

    it("the owner is notified by email of a changed password and of a reused refresh token", async () => {
      const ada = await register(client)
      await change(ada.access_token, ada.password)
      expect((await refresh(ada.refresh_token)).status).toBe(200)
      expect((await refresh(ada.refresh_token)).body.code).toBe("invalid_refresh_token")
      expect(await isSignedIn(ada)).toBe(false)
      // The session is revoked already, so a further attempt changes nothing.
      expect((await refresh(ada.refresh_token)).body.code).toBe("invalid_refresh_token")
      expect(await mailKinds(ada.user.email)).toEqual(["VerifyEmail", "PasswordChanged", "TokenTheft"])
    })

    it("a malformed reset token is refused, whatever it contains", async () => {
      const ada = await register(client)
      for (const token of ["nonsense", ada.refresh_token, ada.access_token, "A".repeat(4096), "' OR 1=1 --"]) {
        const answer = await client.ask<Problem>("POST", "/api/v1/auth/reset-password", {
          body: { token, password: newPassword },
        })
        expect([answer.status, answer.body.code]).toEqual([400, "invalid_reset_token"])
      }
      expect(await isSignedIn(ada)).toBe(true)
    })
  })
