/** Tests the validation of every field of a body. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Problem } from "../../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../../Client.ts"
import { expectRefused } from "./expectRefused.ts"
import * as values from "./invalidValues.ts"

interface Call {
  readonly method: string
  readonly path: string
  readonly good: Readonly<Record<string, unknown>>
  readonly required: ReadonlyArray<string>
  readonly bad: Readonly<Record<string, ReadonlyArray<unknown>>>
}

const calls: ReadonlyArray<Call> = [
  {
    method: "POST",
    path: "/api/v1/auth/register",
    good: { email: "good@example.com", password: "Zebr4Oak", full_name: "Ada" },
    required: ["email", "password", "full_name"],
    bad: { email: values.badEmails, password: values.badNewPasswords, full_name: values.badFullNames },
  },
  {
    method: "POST",
    path: "/api/v1/auth/login",
    good: { email: "good@example.com", password: "Zebr4Oak" },
    required: ["email", "password"],
    bad: { email: values.badEmails, password: [...values.badPasswords, "x".repeat(1025)] },
  },
  {
    method: "POST",
    path: "/api/v1/auth/refresh",
    good: { refresh_token: "unknown" },
    required: ["refresh_token"],
    bad: { refresh_token: values.badTokens },
  },
  {
    method: "POST",
    path: "/api/v1/auth/verify-email",
    good: { token: "unknown" },
    required: ["token"],
    bad: { token: values.badTokens },
  },
  {
    method: "POST",
    path: "/api/v1/auth/resend-verification",
    good: { email: "good@example.com" },
    required: ["email"],
    bad: { email: values.badEmails },
  },
  {
    method: "POST",
    path: "/api/v1/tasks",
    good: {
      title: "Water",
      description: null,
      due_date: null,
      priority: "low",
      status: "pending",
      category_ids: [],
    },
    required: ["title"],
    bad: {
      title: values.badTitles,
      description: values.badDescriptions,
      due_date: values.badTimes,
      priority: values.badPriorities,
      status: values.badStatuses,
      category_ids: values.badIdLists,
    },
  },
  {
    method: "PATCH",
    path: `/api/v1/tasks/${values.nowhere}`,
    good: {
      version: 1,
      on_conflict: "merge",
      title: "Water",
      description: null,
      due_date: null,
      priority: "low",
      status: "pending",
    },
    required: ["version"],
    bad: {
      version: values.badVersions,
      on_conflict: values.badStatuses,
      title: values.badTitles,
      description: values.badDescriptions,
      due_date: values.badTimes,
      priority: values.badPriorities,
      status: values.badStatuses,
    },
  },
  {
    method: "POST",
    path: "/api/v1/categories",
    good: { name: "Garden", color: null },
    required: ["name"],
    bad: { name: values.badNames, color: values.badColors },
  },
  {
    method: "PATCH",
    path: `/api/v1/categories/${values.nowhere}`,
    good: { version: 1, name: "Garden", color: null },
    required: ["version"],
    bad: { version: values.badVersions, name: values.badNames, color: values.badColors },
  },
]

const unknownFields = [
  "id",
  "user_id",
  "is_active",
  "isEmailVerified",
  "password_hash",
  "created_at",
  "updated_at",
  "deleted_at",
  "categories",
  "Title",
  "constructor",
  "toString",
  "hasOwnProperty",
  "",
]

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the fields of bodies on ${name}`, () => {
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

    for (const { bad, good, method, path, required } of calls) {
      describe(`${method} ${path}`, () => {
        for (const [field, values] of Object.entries(bad)) {
          it(`${field} is refused if it is malformed`, async () => {
            for (const value of values) {
              expectRefused(await ask(method, path, { ...good, [field]: value }), value, `body.${field}`)
            }
          })
        }

        it("all missing and all unknown fields are named together", async () => {
          expectRefused(await ask(method, path, {}), {}, ...required.map((field) => `body.${field}`))
          for (const field of required) {
            const { [field]: _, ...rest } = good
            expectRefused(await ask(method, path, rest), rest, `body.${field}`)
          }
          const unknown = unknownFields.concat(method === "PATCH" ? [] : ["version"])
          for (const field of unknown) {
            expectRefused(await ask(method, path, { ...good, [field]: 1 }), field, `body.${field}`)
          }
          const all = Object.fromEntries(unknown.map((field) => [field, 1]))
          expectRefused(await ask(method, path, all), all, ...required.concat(unknown).map((field) => `body.${field}`))
        })

        it("a body that is not an object is refused", async () => {
          for (const body of [[], [good], null, "text", 1, true, {}.toString()]) {
            expectRefused(await ask(method, path, body), body, "body")
          }
        })

        it("a key such as __proto__ is an unknown field", async () => {
          const json = JSON.stringify(good).slice(1)
          for (const key of ["__proto__", "constructor", "prototype"]) {
            const answer = await client.ask<Problem>(method, path, {
              token: token(),
              raw: `{"${key}":{"polluted":"${values.marker}"},${json}`,
            })
            expectRefused(answer, key, `body.${key}`)
          }
          expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false)
        })

        it("an unknown query parameter is refused", async () => {
          for (const key of ["user_id", "__proto__", "version"]) {
            expectRefused(await ask(method, `${path}?${key}=${values.marker}`, good), key, `query.${key}`)
          }
        })

        it("a body that is not JSON is malformed", async () => {
          for (const text of [
            "",
            " ",
            "{",
            '{"a":}',
            "{'a':1}",
            '{"a":1,}',
            '{"a":NaN}',
            "undefined",
            '{"a":1}{"b":2}',
            "\ufeff",
            "\ufeff\ufeff{}",
            " \ufeff{}",
          ]) {
            const { body, status } = await client.ask<Problem>(method, path, { token: token(), raw: text })
            expect([text, status, body.code]).toEqual([text, 400, "malformed_json"])
          }
        })

        it("a body in another media type is refused", async () => {
          const mediaTypes = [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/merge-patch+json",
            "application/jsonp",
            "application/json, text/plain",
            "application/json; charset=latin1",
            "application/json; charset=utf-16",
            "application/json; charset=utf-8-bom",
            "application/json; charset=utf",
            'application/json; charset="iso-8859-1"',
            `text/${values.marker}`,
            `application/json${" ".repeat(10_000)}x`,
          ]
          for (const mediaType of mediaTypes) {
            const answer = await client.ask<Problem>(method, path, {
              token: token(),
              body: good,
              headers: { "content-type": mediaType },
            })
            expect([mediaType, answer.status, answer.body.code]).toEqual([mediaType, 415, "unsupported_media_type"])
            expect(answer.text).not.toContain(values.marker)
          }
        })
      })
    }
  })
