/** Tests renaming and deleting the user's own account. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { fields, keysOf, type Problem, type TaskResponse, type UserResponse } from "../Answers.ts"
import { atOnce, type Client, countStatuses, register, type SuitePorts, startClient, type User } from "../Client.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`one's own account on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    const me = (token: string) => client.ask<UserResponse & Problem>("GET", "/api/v1/users/me", { token })
    const rename = (token: string, body: unknown) =>
      client.ask<UserResponse & Problem>("PATCH", "/api/v1/users/me", { token, body })
    const remove = ({ access_token: token }: User, password: string) =>
      client.ask<Problem>("DELETE", "/api/v1/users/me", { token, body: { password } })

    it("a new name is trimmed, shown at once, and changes no other user's name", async () => {
      const [ada, grace] = [await register(client), await register(client)]
      const before = (await me(ada.access_token)).body.user
      const { body, status } = await rename(ada.access_token, { full_name: "  Ada King 👩🏽‍💻 " })
      expect(status).toBe(200)
      expect(keysOf(body.user)).toEqual(fields.user)
      expect(body.user).toEqual({ ...before, full_name: "Ada King 👩🏽‍💻", updated_at: body.user.updated_at })
      expect(body.user.updated_at >= before.updated_at).toBe(true)
      expect((await me(ada.access_token)).body.user).toEqual(body.user)
      expect((await me(grace.access_token)).body.user.full_name).toBe("Ada Lovelace")
    })

    it("an update to the stored name changes nothing", async () => {
      const ada = await register(client)
      const before = (await me(ada.access_token)).body
      for (const full_name of [before.user.full_name, `  ${before.user.full_name} `]) {
        const { body, status } = await rename(ada.access_token, { full_name })
        expect([status, body]).toEqual([200, before])
      }
    })

    it("only the name can be changed", async () => {
      const ada = await register(client)
      const before = (await me(ada.access_token)).body
      for (const field of ["id", "email", "is_active", "created_at", "password", "password_hash", "__proto__"]) {
        const { body } = await rename(ada.access_token, JSON.parse(`{"full_name":"Eve","${field}":"x"}`))
        expect([field, body.code, body.errors]).toEqual([
          field,
          "validation_failed",
          [{ path: `body.${field}`, message: expect.any(String) }],
        ])
      }
      for (const full_name of ["", "   ", "x".repeat(101), 5, null, ["Ada"], "a\u0000b"]) {
        const { body } = await rename(ada.access_token, { full_name })
        expect([body.code, body.errors?.[0]?.path]).toEqual(["validation_failed", "body.full_name"])
      }
      expect((await rename(ada.access_token, {})).body.errors?.[0]?.path).toBe("body.full_name")
      expect((await me(ada.access_token)).body).toEqual(before)
    })

    it("a deletion of the account needs the password, and removes all data", async () => {
      const ada = await register(client)
      const token = ada.access_token
      const created = await client.ask<TaskResponse>("POST", "/api/v1/tasks", { token, body: { title: "Pack" } })
      await client.ask("POST", "/api/v1/categories", { token, body: { name: "Home" } })

      const wrong = await remove(ada, "Wrong horse 1")
      expect([wrong.status, wrong.body.code]).toEqual([401, "invalid_credentials"])
      expect((await me(token)).status).toBe(200)
      const answer = await remove(ada, ada.password)
      expect([answer.status, answer.text]).toEqual([204, ""])

      const { email } = ada.user
      expect((await me(token)).body.code).toBe("unauthorized")
      const again = await client.ask<Problem>("POST", "/api/v1/auth/login", { body: { email, password: ada.password } })
      expect(again.body.code).toBe("invalid_credentials")
      const { body } = await client.ask<Problem>("POST", "/api/v1/auth/refresh", {
        body: { refresh_token: ada.refresh_token },
      })
      expect(body.code).toBe("invalid_refresh_token")
      // The task was deleted: the response is 404, not that of another user's task.
      const grace = await register(client)
      const task = await client.ask<Problem>("GET", `/api/v1/tasks/${created.body.task.id}`, {
        token: grace.access_token,
      })
      expect(task.body.code).toBe("task_not_found")
      // The email is available for a new account.
      const another = await register(client, email)
      expect(another.user.id).not.toBe(ada.user.id)
      const list = await client.ask("GET", "/api/v1/tasks", { token: another.access_token })
      expect(list.body["total"]).toBe(0)
    })

    it("exactly one of many concurrent deletions of the account succeeds", async () => {
      const ada = await register(client)
      const answers = await atOnce(8, () => remove(ada, ada.password))
      expect(countStatuses(answers)).toEqual({ 204: 1, 401: 7 })
    })

    it("a malformed deletion of the account is refused, and deletes nothing", async () => {
      const { access_token: token } = await register(client)
      for (const [ask, code] of [
        [{ body: {} }, "validation_failed"],
        [{ body: { password: "x", force: true } }, "validation_failed"],
        [{}, "unsupported_media_type"],
        [{ raw: "{" }, "malformed_json"],
      ] as const) {
        expect((await client.ask<Problem>("DELETE", "/api/v1/users/me", { token, ...ask })).body.code).toBe(code)
      }
      expect((await me(token)).status).toBe(200)
    })

    it("requests during the deletion of the account leave no data and cause no 500", async () => {
      const ada = await register(client)
      const create = () => client.ask("POST", "/api/v1/tasks", { token: ada.access_token, body: { title: "Too late" } })
      const [answers] = await Promise.all([atOnce(20, create), remove(ada, ada.password), atOnce(20, create)])
      for (const { status } of answers) expect([201, 401]).toContain(status)
      expect((await create()).status).toBe(401)
    })
  })
