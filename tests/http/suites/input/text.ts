/** Tests which numbers and texts are accepted, and in which form they are stored. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CategoryResponse, Problem, TaskResponse } from "../../Answers.ts"
import { type Client, newEmail, register, type SuitePorts, startClient, type User } from "../../Client.ts"
import { expectRefused } from "./expectRefused.ts"
import { marker, sql } from "./invalidValues.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`numbers and texts on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const token = () => ada.access_token
    const ask = (method: string, path: string, body?: unknown) =>
      client.ask<Problem>(method, path, { token: token(), body })
    const raw = (raw: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
      client.ask<Problem>("POST", "/api/v1/tasks", { token: token(), raw, headers })

    it("a version is read from any notation of a whole number, and from no text", async () => {
      const { task } = (
        await client.ask<TaskResponse>("POST", "/api/v1/tasks", { token: token(), body: { title: "Water" } })
      ).body
      const path = `/api/v1/tasks/${task.id}`
      for (const version of ["1e400", "-1e400", "-0", "0.0", "1.0000001", "99999999999999999999", "[1]", '"1"']) {
        const answer = await client.ask<Problem>("PATCH", path, { token: token(), raw: `{"version":${version}}` })
        expectRefused(answer, version, "body.version")
      }
      for (const version of ["1", "1.0", "1e0", "10e-1"]) {
        expect((await client.ask("PATCH", path, { token: token(), raw: `{"version":${version}}` })).status).toBe(200)
      }
    })

    it("the last of two equal keys is validated and stored", async () => {
      const good = await client.ask<TaskResponse>("POST", "/api/v1/tasks", {
        token: token(),
        raw: '{"title":"x","title":"The last"}',
      })
      expect(good.body.task.title).toBe("The last")
      expectRefused(await raw('{"title":"The first","title":"x"}'), "x", "body.title")
      expectRefused(await raw(`{"title":"The first","t\\u0069tle":{"${marker}":1}}`), "escaped", "body.title")
    })

    it("every valid text is stored unchanged, up to its maximum length", async () => {
      const bidi = "\u202eabc\u2066def\u200f"
      const longest = (length: number) => "👩‍🚀".repeat(Math.floor(length / 3)) + "x".repeat(length % 3)
      const texts = [
        bidi,
        sql,
        "a'); --",
        '"><script>',
        "$" + "{jndi:ldap://x}",
        "%s%n",
        "\\u0000",
        "\uffff\ufdd0.",
        "éa\u0338b",
      ]
      for (const title of [...texts, longest(200)]) {
        const description = title === longest(200) ? longest(2000) : `\t${title}\r\n`
        const { body, status } = await client.ask<TaskResponse>("POST", "/api/v1/tasks", {
          token: token(),
          body: { title, description },
        })
        expect([status, body.task.title, body.task.description]).toEqual([201, title, description])
        const found = await client.ask<TaskResponse>("GET", `/api/v1/tasks/${body.task.id}`, { token: token() })
        expect(found.body).toEqual(body)
      }
      for (const name of [...texts, longest(50)]) {
        const { body, status } = await client.ask<CategoryResponse>("POST", "/api/v1/categories", {
          token: token(),
          body: { name },
        })
        expect([status, body.category.name]).toEqual([201, name])
      }
      for (const full_name of [`${bidi}${sql}`, longest(100)]) {
        const { body, status } = await client.ask<{ user: { full_name: string } }>("POST", "/api/v1/auth/register", {
          body: { email: newEmail(), password: `Aa1 ${"👩‍🚀".repeat(41)}`, full_name },
        })
        expect([status, body.user.full_name]).toEqual([201, full_name])
      }
    })

    it("names and titles are stored in NFC, so that two forms of one name are equal", async () => {
      const composed = "Café Zürich"
      const decomposed = composed.normalize("NFD")
      expect(decomposed).not.toBe(composed)
      const { body } = await client.ask<TaskResponse>("POST", "/api/v1/tasks", {
        token: token(),
        body: { title: decomposed, description: decomposed },
      })
      // A description is stored unchanged.
      expect([body.task.title, body.task.description]).toEqual([composed, decomposed])
      const category = await client.ask<CategoryResponse>("POST", "/api/v1/categories", {
        token: token(),
        body: { name: decomposed },
      })
      expect([category.status, category.body.category.name]).toEqual([201, composed])
      for (const name of [composed, decomposed]) {
        expect((await ask("POST", "/api/v1/categories", { name })).body.code).toBe("category_name_taken")
        const { status } = await ask("PATCH", `/api/v1/categories/${category.body.category.id}`, { version: 1, name })
        expect(status).toBe(200)
      }
      const renamed = await client.ask<{ user: { full_name: string } }>("PATCH", "/api/v1/users/me", {
        token: token(),
        body: { full_name: decomposed },
      })
      expect(renamed.body.user.full_name).toBe(composed)
    })
  })
