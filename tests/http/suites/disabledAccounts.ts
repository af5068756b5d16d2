/** Tests that a disabled account is refused everywhere, like one that does not exist. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { disableAccount } from "../../../application/accounts/administration/DisableAccount.ts"
import { enableAccount } from "../../../application/accounts/administration/EnableAccount.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import type { Problem } from "../Answers.ts"
import { type Client, mailsTo, register, type SuitePorts, startClient } from "../Client.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`disabled accounts on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    it("are refused with the codes of a wrong password and of invalid tokens, until they are enabled", async () => {
      const { access_token: token, password, refresh_token, user } = await register(client)
      const { email } = user
      const userId = UserId.make(user.id)
      const mailed = (await mailsTo(client, email)).length
      const post = (path: string, body: unknown) => client.ask<Problem>("POST", `/api/v1/auth/${path}`, { body })
      await client.run(disableAccount({ userId }))

      const wrong = (await post("login", { email: "none@example.com", password })).body
      const refused = (await post("login", { email, password })).body
      expect(refused).toEqual({ ...wrong, request_id: refused.request_id })
      expect((await post("refresh", { refresh_token })).body.code).toBe("invalid_refresh_token")
      const me = () => client.ask<Problem>("GET", "/api/v1/users/me", { token })
      expect((await me()).body.code).toBe("unauthorized")
      for (const path of ["forgot-password", "resend-verification"]) {
        expect((await post(path, { email })).status).toBe(202)
      }
      expect(await mailsTo(client, email)).toHaveLength(mailed)

      await client.run(enableAccount({ userId }))
      expect((await post("login", { email, password })).status).toBe(200)
      expect((await me()).status).toBe(401)
    })
  })
