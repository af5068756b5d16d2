/** Tests listing and revoking sessions. */
import { randomUUID } from "node:crypto"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { fields, keysOf, type Problem, type Registration, type SessionList, utcTime, uuidV7 } from "../Answers.ts"
import { atOnce, type Client, countStatuses, register, type SuitePorts, startClient, type User } from "../Client.ts"

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`sessions on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    const logIn = async ({ password, user: { email } }: User, userAgent: string) =>
      (
        await client.ask<Registration>("POST", "/api/v1/auth/login", {
          body: { email, password },
          headers: { "user-agent": userAgent },
        })
      ).body
    const list = async (token: string) =>
      (await client.ask<SessionList>("GET", "/api/v1/auth/sessions", { token })).body
    const end = (token: string, id: string) => client.ask<Problem>("DELETE", `/api/v1/auth/sessions/${id}`, { token })
    const statusOfMe = async (token: string) => (await client.ask("GET", "/api/v1/users/me", { token })).status

    it("sessions are listed with their devices: the current one first and marked, then the last used first", async () => {
      const ada = await register(client)
      const browser = await logIn(ada, firefox)
      const program = await logIn(ada, "curl/8.5.0")
      const { data } = await list(browser.access_token)
      expect(data.map(({ current, device }) => [device, current])).toEqual([
        ["Firefox on Linux", true],
        ["curl", false],
        ["node", false],
      ])
      for (const session of data) {
        expect(keysOf(session)).toEqual(fields.session)
        expect(session.id).toMatch(uuidV7)
        for (const time of [session.created_at, session.last_used_at, session.expires_at]) expect(time).toMatch(utcTime)
      }
      expect((await list(program.access_token)).data.map(({ current }) => current)).toEqual([true, false, false])

      await client.ask("POST", "/api/v1/auth/refresh", { body: { refresh_token: browser.refresh_token } })
      const [, first] = (await list(program.access_token)).data
      expect(first?.device).toBe("Firefox on Linux")
      expect(first?.last_used_at !== undefined && first.last_used_at >= first.created_at).toBe(true)
    })

    it("a revoked session disappears from the list at once, and its tokens are refused", async () => {
      const ada = await register(client)
      const other = await logIn(ada, firefox)
      const session = (await list(ada.access_token)).data.find(({ current }) => !current)
      const answer = await end(ada.access_token, session?.id ?? "")
      expect([answer.status, answer.text]).toEqual([204, ""])
      expect(await statusOfMe(other.access_token)).toBe(401)
      const refreshed = await client.ask<Problem>("POST", "/api/v1/auth/refresh", {
        body: { refresh_token: other.refresh_token },
      })
      expect(refreshed.body.code).toBe("invalid_refresh_token")
      expect((await list(ada.access_token)).data.map(({ current }) => current)).toEqual([true])
      const again = await end(ada.access_token, session?.id ?? "")
      expect([again.status, again.body.code]).toEqual([404, "session_not_found"])
    })

    it("the current session can be revoked too, once", async () => {
      const ada = await register(client)
      const id = (await list(ada.access_token)).data[0]?.id ?? ""
      const answers = await atOnce(8, () => end(ada.access_token, id))
      expect(countStatuses(answers)[204]).toBe(1)
      expect(await statusOfMe(ada.access_token)).toBe(401)
    })

    it("another user's session is not found, and stays active", async () => {
      const [ada, grace] = [await register(client), await register(client)]
      const id = (await list(ada.access_token)).data[0]?.id ?? ""
      for (const unknown of [id, id.toUpperCase(), randomUUID()]) {
        const answer = await end(grace.access_token, unknown)
        expect([answer.status, answer.body.code]).toEqual([404, "session_not_found"])
      }
      const malformed = await end(grace.access_token, "nonsense")
      expect([malformed.status, malformed.body.errors?.[0]?.path]).toEqual([400, "path.session_id"])
      expect(await statusOfMe(ada.access_token)).toBe(200)
      expect((await list(grace.access_token)).data).toHaveLength(1)
    })

    it("a session is not listed after logout", async () => {
      const ada = await register(client)
      const other = await logIn(ada, firefox)
      await client.ask("POST", "/api/v1/auth/logout", { token: other.access_token })
      expect((await list(ada.access_token)).data).toHaveLength(1)
    })
  })
