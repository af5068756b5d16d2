/** Tests that very long texts are rejected without costly work. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { longestTextWorkedOn } from "../../support/watchedText.ts"
import type { Problem } from "../Answers.ts"
import { atOnce, type Client, newEmail, register, type SuitePorts, startClient, type User } from "../Client.ts"
import { formOf, postForm } from "../Forms.ts"

/** A text with a normalization time quadratic in its length. Almost 64 KiB in UTF-8. */
const marks = `Aa1${"\u0301".repeat(16_000)}${"\u0327".repeat(16_000)}`
const blanks = `${" ".repeat(60_000)}Water`
const nowhere = "00000000-0000-7000-8000-000000000000"
const token = "A".repeat(64)

/** The maximum length of any valid text, in UTF-16 units. */
const longestLawful = 4096

const calls: ReadonlyArray<{
  readonly method: string
  readonly path: string
  readonly field: string
  readonly rest?: Readonly<Record<string, unknown>>
}> = [
  { method: "POST", path: "/api/v1/auth/login", field: "password", rest: { email: "ada@example.com" } },
  { method: "POST", path: "/api/v1/auth/login", field: "email", rest: { password: "Correct Horse 1" } },
  { method: "POST", path: "/api/v1/auth/register", field: "password", rest: { email: newEmail(), full_name: "Ada" } },
  {
    method: "POST",
    path: "/api/v1/auth/register",
    field: "full_name",
    rest: { email: newEmail(), password: "Correct Horse 1" },
  },
  { method: "POST", path: "/api/v1/auth/forgot-password", field: "email" },
  { method: "POST", path: "/api/v1/auth/resend-verification", field: "email" },
  { method: "POST", path: "/api/v1/auth/verify-email", field: "token" },
  { method: "POST", path: "/api/v1/auth/refresh", field: "refresh_token" },
  { method: "POST", path: "/api/v1/auth/reset-password", field: "password", rest: { token } },
  { method: "POST", path: "/api/v1/auth/reset-password", field: "token", rest: { password: "Correct Horse 1" } },
  {
    method: "POST",
    path: "/api/v1/auth/change-password",
    field: "current_password",
    rest: { new_password: "Another Horse 2" },
  },
  {
    method: "POST",
    path: "/api/v1/auth/change-password",
    field: "new_password",
    rest: { current_password: "Correct Horse 1" },
  },
  { method: "PATCH", path: "/api/v1/users/me", field: "full_name" },
  { method: "DELETE", path: "/api/v1/users/me", field: "password" },
  { method: "POST", path: "/api/v1/tasks", field: "title" },
  { method: "POST", path: "/api/v1/tasks", field: "description", rest: { title: "Water" } },
  { method: "POST", path: "/api/v1/tasks", field: "due_date", rest: { title: "Water" } },
  { method: "POST", path: "/api/v1/tasks", field: "priority", rest: { title: "Water" } },
  { method: "PATCH", path: `/api/v1/tasks/${nowhere}`, field: "title", rest: { version: 1 } },
  { method: "POST", path: "/api/v1/categories", field: "name" },
  { method: "POST", path: "/api/v1/categories", field: "color", rest: { name: "Garden" } },
]

export const suite = (name: string, ports: SuitePorts) =>
  describe(`long text on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const worked = async (ask: () => Promise<unknown>, most = longestLawful) =>
      expect(await longestTextWorkedOn(ask)).toBeLessThanOrEqual(most)

    it.each(calls)("$method $path: $field is refused by its length, and nothing works on it", async (call) => {
      const { field, method, path, rest } = call
      for (const text of [marks, blanks, "x".repeat(64_000)]) {
        await worked(async () => {
          const answer = await client.ask<Problem>(method, path, {
            token: ada.access_token,
            body: { ...rest, [field]: text },
          })
          expect([answer.status, answer.body.code, answer.body.errors?.map(({ path }) => path)]).toEqual([
            400,
            "validation_failed",
            [`body.${field}`],
          ])
          expect(answer.text.length).toBeLessThan(1000)
        })
      }
    })

    it("the pages refuse a long text by its length too", async () => {
      // A form encodes each byte of a mark as three characters.
      const text = marks.slice(0, 8_000)
      await worked(async () => {
        expect((await postForm(client, "/reset-password", formOf({ token, password: text }))).status).toBe(400)
        expect((await postForm(client, "/verify-email", formOf({ token: text }))).status).toBe(400)
      })
      const target = `/verify-email?token=${"x".repeat(12_000)}`
      // The target is limited with the request's headers, and decoded once.
      await worked(async () => expect((await client.ask("GET", target)).status).toBe(400), 16 * 1024)
    })

    it("a list is refused by its length, and none of its items is read", async () => {
      const ids = Array.from({ length: 1_600 }, (_, index) => nowhere.replace(/.{4}$/, String(1_000 + index)))
      const patterns = vi.spyOn(RegExp.prototype, "test")
      const answer = await client.ask<Problem>("POST", "/api/v1/tasks", {
        token: ada.access_token,
        body: { title: "Water", category_ids: ids },
      })
      const matched = patterns.mock.calls.filter(([text]) => ids.includes(String(text)))
      patterns.mockRestore()
      expect(answer.body.errors).toEqual([{ path: "body.category_ids", message: "must have at most 100 ids" }])
      expect(matched).toEqual([])
      const numbers = await client.ask<Problem>("POST", "/api/v1/tasks", {
        token: ada.access_token,
        body: { title: "Water", category_ids: Array(30_000).fill(1) },
      })
      expect([numbers.status, numbers.body.errors?.length]).toEqual([400, 50])
    })

    it("what many such logins cost is no work that grows with their length", async () => {
      await worked(() =>
        atOnce(20, () => client.ask("POST", "/api/v1/auth/login", { body: { email: newEmail(), password: marks } })),
      )
    })
  })
