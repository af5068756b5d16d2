/** Tests the validation of paths, queries and bodies. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type CategoryResponse, fields, keysOf, type Problem, type TaskResponse } from "../Answers.ts"
import { type Client, newEmail, register, type SuitePorts, startClient, type User } from "../Client.ts"

/** Is part of the input, and MUST NOT appear in any response. */
const marker = "Zq7Marker"
const loneSurrogate = "abc\ud800def"
const sql = `${marker}'; DROP TABLE tasks; --`
const longerThan = (length: number) => marker + "😀".repeat(length - marker.length + 1)

const noStrings = [1, 0, true, {}, [], ["abc"], { [marker]: 1 }]
const badTexts = [...noStrings, `${marker}\0`, `${marker}${loneSurrogate}`, "\udc00abc"]
const badEmails = [
  ...badTexts,
  null,
  "",
  " ",
  marker,
  `${marker}@`,
  "@example.com",
  `${marker}@example`,
  `${marker} x@example.com`,
  `${marker}@exa mple.com`,
  `${marker}@@example.com`,
  `${marker}@example..com`,
  `${marker}\u202e@example.com`,
  `ſ${marker}@example.com`,
  `${marker}@example.com\r\nBcc: all@example.com`,
  `"${marker}"@example.com, other@example.com`,
  `${"a".repeat(65)}@example.com`,
  `${marker}@${"a.".repeat(122)}com`,
  sql,
]
const badTokens = [...badTexts, null, "", "x".repeat(4097)]
/** Texts that are invalid in a single line, and texts without a visible character. */
const badLines = [
  ...badTexts,
  ...["\t", "\n", "\r", "\u001b", "\u0085", "\u2028", "\u2029"].map((control) => `${marker}${control}${marker}`),
  ...["\u200b", "\u2800", "\u3164", "\u00ad", "\u0301", "\ufe0f", "\ufffc", "\u303f"].map((hidden) => hidden.repeat(4)),
]
const badTitles = [...badLines, null, "", "ab", "  a  ", "😀😀", longerThan(200)]
const badDescriptions = [...badTexts, longerThan(2000)]
const badPriorities = [...badTexts, null, "", "High", "low ", "urgent", "0", "toString", "__proto__", sql]
const badStatuses = [...badTexts, null, "", "Pending", "done", "in progress", "constructor", sql]
const badTimes = [
  ...badTexts,
  "",
  marker,
  "2090-01-01",
  "2090-01-01T00:00:00",
  "2090-01-01 00:00:00Z",
  "2090-02-30T00:00:00Z",
  "2090-02-29T00:00:00Z",
  "2090-13-01T00:00:00Z",
  "2090-00-01T00:00:00Z",
  "2090-01-00T00:00:00Z",
  "2090-01-01T24:00:00Z",
  "2090-01-01T23:60:00Z",
  "2090-01-01T23:59:60Z",
  "2090-01-01T00:00:00+24:00",
  "2090-01-01T00:00:00+0100",
  "2090-01-01T00:00Z",
  "2090-1-1T00:00:00Z",
  "1969-12-31T23:59:59Z",
  "1970-01-01T00:00:00+00:01",
  "9999-12-31T23:59:59-00:01",
  "10000-01-01T00:00:00Z",
  "+010000-01-01T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "3779395200000",
  "tomorrow",
  sql,
]
const idOf = (index: number) => `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`
const badIdLists = [
  null,
  "",
  idOf(1),
  1,
  {},
  [idOf(1), idOf(1)],
  [idOf(0xabc), idOf(1), idOf(0xabc).toUpperCase()],
  Array.from({ length: 101 }, (_, index) => idOf(index)),
  Array.from({ length: 1500 }, (_, index) => idOf(index)),
]
const badVersions = [..."a1", "1", "", true, null, [], [1], {}, 0, -1, 1.5, 2_147_483_648, 9_007_199_254_740_992, 1e300]
const badNames = [...badLines, null, "", "ab", " a ", "😀😀", longerThan(50)]
const badColors = [...badTexts, "", "red", "#FFF", "#GGGGGG", "#1234567", "2E7D32", "#2e7d3٢", " #2E7D32", sql]
const badPasswords = [...noStrings, `Ab1${marker}\0`, `Ab1${loneSurrogate}`, null, ""]
const badNewPasswords = [
  ...badPasswords,
  "Passw0r",
  "passw0rd",
  "PASSW0RD",
  "Password",
  `Aa1${"😀".repeat(126)}`,
  `Aa1${"x".repeat(126)}`,
]
const badFullNames = [...badLines, null, "", "   ", "\u00a0\ufeff", longerThan(100)]

interface Call {
  readonly method: string
  readonly path: string
  readonly good: Readonly<Record<string, unknown>>
  readonly required: ReadonlyArray<string>
  readonly bad: Readonly<Record<string, ReadonlyArray<unknown>>>
}

const nowhere = "00000000-0000-7000-8000-000000000000"
const calls: ReadonlyArray<Call> = [
  {
    method: "POST",
    path: "/api/v1/auth/register",
    good: { email: "good@example.com", password: "Zebr4Oak", full_name: "Ada" },
    required: ["email", "password", "full_name"],
    bad: { email: badEmails, password: badNewPasswords, full_name: badFullNames },
  },
  {
    method: "POST",
    path: "/api/v1/auth/login",
    good: { email: "good@example.com", password: "Zebr4Oak" },
    required: ["email", "password"],
    bad: { email: badEmails, password: [...badPasswords, "x".repeat(1025)] },
  },
  {
    method: "POST",
    path: "/api/v1/auth/refresh",
    good: { refresh_token: "unknown" },
    required: ["refresh_token"],
    bad: { refresh_token: badTokens },
  },
  {
    method: "POST",
    path: "/api/v1/auth/verify-email",
    good: { token: "unknown" },
    required: ["token"],
    bad: { token: badTokens },
  },
  {
    method: "POST",
    path: "/api/v1/auth/resend-verification",
    good: { email: "good@example.com" },
    required: ["email"],
    bad: { email: badEmails },
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
      title: badTitles,
      description: badDescriptions,
      due_date: badTimes,
      priority: badPriorities,
      status: badStatuses,
      category_ids: badIdLists,
    },
  },
  {
    method: "PATCH",
    path: `/api/v1/tasks/${nowhere}`,
    good: { version: 1, title: "Water", description: null, due_date: null, priority: "low", status: "pending" },
    required: ["version"],
    bad: {
      version: badVersions,
      title: badTitles,
      description: badDescriptions,
      due_date: badTimes,
      priority: badPriorities,
      status: badStatuses,
    },
  },
  {
    method: "POST",
    path: "/api/v1/categories",
    good: { name: "Garden", color: null },
    required: ["name"],
    bad: { name: badNames, color: badColors },
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
  describe(`input on ${name}`, () => {
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

    /** Checks that the response names exactly these fields, and repeats nothing of the input. */
    const expectRefused = (
      answer: { readonly status: number; readonly body: Problem; readonly text: string },
      what: unknown,
      ...paths: ReadonlyArray<string>
    ) => {
      expect([what, answer.status, answer.body.code]).toEqual([what, 400, "validation_failed"])
      expect(keysOf(answer.body)).toEqual([...fields.problem, "errors"].sort())
      const named = [...new Set(answer.body.errors?.map(({ path }) => path))].sort()
      expect([what, named]).toEqual([what, [...paths].sort()])
      for (const error of answer.body.errors ?? []) expect(error.message).not.toBe("")
      expect(answer.text).not.toContain(marker)
    }

    for (const { bad, good, method, path, required } of calls) {
      describe(`${method} ${path}`, () => {
        for (const [field, values] of Object.entries(bad)) {
          it(`${field} is refused where it is malformed`, async () => {
            for (const value of values) {
              expectRefused(await ask(method, path, { ...good, [field]: value }), value, `body.${field}`)
            }
          })
        }

        it("what is missing is named, all at once, and so is what is not known", async () => {
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

        it("only an object will do", async () => {
          for (const body of [[], [good], null, "text", 1, true, {}.toString()]) {
            expectRefused(await ask(method, path, body), body, "body")
          }
        })

        it("a key that JavaScript knows is a field like any other", async () => {
          const json = JSON.stringify(good).slice(1)
          for (const key of ["__proto__", "constructor", "prototype"]) {
            const answer = await client.ask<Problem>(method, path, {
              token: token(),
              raw: `{"${key}":{"polluted":"${marker}"},${json}`,
            })
            expectRefused(answer, key, `body.${key}`)
          }
          expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false)
        })

        it("a query parameter is refused", async () => {
          for (const key of ["user_id", "__proto__", "version"]) {
            expectRefused(await ask(method, `${path}?${key}=${marker}`, good), key, `query.${key}`)
          }
        })

        it("what is no JSON is malformed", async () => {
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

        it("another media type is not supported", async () => {
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
            `text/${marker}`,
            `application/json${" ".repeat(10_000)}x`,
          ]
          for (const mediaType of mediaTypes) {
            const answer = await client.ask<Problem>(method, path, {
              token: token(),
              body: good,
              headers: { "content-type": mediaType },
            })
            expect([mediaType, answer.status, answer.body.code]).toEqual([mediaType, 415, "unsupported_media_type"])
            expect(answer.text).not.toContain(marker)
          }
        })
      })
    }

    it("a number is a number and no text, however it is written", async () => {
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

    it("of two equal keys the last one counts, for the checks and for what is kept", async () => {
      const good = await client.ask<TaskResponse>("POST", "/api/v1/tasks", {
        token: token(),
        raw: '{"title":"x","title":"The last"}',
      })
      expect(good.body.task.title).toBe("The last")
      expectRefused(await raw('{"title":"The first","title":"x"}'), "x", "body.title")
      expectRefused(await raw(`{"title":"The first","t\\u0069tle":{"${marker}":1}}`), "escaped", "body.title")
    })

    it("all that text may hold is kept as it is, at its greatest length", async () => {
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

    it("a name and a title are kept in Unicode's NFC form, so that two spellings of one name are one name", async () => {
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
      }
      const renamed = await client.ask<{ user: { full_name: string } }>("PATCH", "/api/v1/users/me", {
        token: token(),
        body: { full_name: decomposed },
      })
      expect(renamed.body.user.full_name).toBe(composed)
    })

    it("an id in a path is a UUID", async () => {
      const bad = [
        "1",
        "null",
        `${nowhere}0`,
        nowhere.slice(1),
        nowhere.replaceAll("-", ""),
        `{${nowhere}}`,
        `%20${nowhere}`,
        `${nowhere}%00`,
        "..%2f..%2fetc%2fpasswd",
        "%F0%9F%98%80",
        `${marker}'%20OR%20'1'='1`,
        "__proto__",
        nowhere.replace("0", "g"),
        nowhere.replace("0", "%D9%A0"),
      ]
      for (const id of bad) {
        for (const method of ["GET", "DELETE"]) {
          expectRefused(await ask(method, `/api/v1/tasks/${id}`), id, "path.task_id")
        }
        expectRefused(await ask("PATCH", `/api/v1/tasks/${id}`, { version: 1 }), id, "path.task_id")
        expectRefused(await ask("DELETE", `/api/v1/categories/${id}`), id, "path.category_id")
        for (const method of ["POST", "DELETE"]) {
          expectRefused(await ask(method, `/api/v1/tasks/${id}/categories/${nowhere}`), id, "path.task_id")
          expectRefused(await ask(method, `/api/v1/tasks/${nowhere}/categories/${id}`), id, "path.category_id")
        }
      }
      for (const id of ["%ff", "%zz", "%", "a".repeat(5000)]) {
        expect([id, (await ask("GET", `/api/v1/tasks/${id}`)).body.code]).toEqual([id, "not_found"])
      }
    })

    it("a query is refused where it is malformed, repeated or not known", async () => {
      const badNumbers = [
        "",
        "0",
        "-1",
        "+1",
        "1.0",
        "1.5",
        "1e1",
        "0x1",
        " 1",
        "1 ",
        "one",
        "null",
        "NaN",
        "Infinity",
        "١",
        "1,2",
        "1;2",
      ]
      const badIds = ["", "1", marker, `${nowhere}x`, `{${nowhere}}`, sql, "\0", "%"]
      const bad: Readonly<Record<string, ReadonlyArray<unknown>>> = {
        page: [...badNumbers, "1000000001", "9007199254740993", "99999999999999999999", "9".repeat(400)],
        limit: [...badNumbers, "101", "99999999999"],
        status: ["", "Pending", "done", "pending,completed", "toString", sql, "\0"],
        priority: ["", "LOW", "urgent", "1", "__proto__", sql],
        category_id: badIds,
        due_from: badTimes.filter((time) => typeof time === "string" && time.isWellFormed()),
        due_to: badTimes.filter((time) => typeof time === "string" && time.isWellFormed()),
        sort: ["", "title", "created_at desc", "created_at;", "id", "user_id", "CREATED_AT", "constructor", sql],
        order: ["", "ASC", "descending", "random", sql],
        [marker.toLowerCase()]: ["1"],
        offset: ["1"],
        "limit[]": ["1"],
        "status[in]": ["pending"],
        __proto__: [],
        user_id: [nowhere],
        Page: ["1"],
      }
      for (const [parameter, values] of Object.entries(bad)) {
        for (const value of values) {
          const query = new URLSearchParams([[parameter, String(value)]])
          const answer = await ask("GET", `/api/v1/tasks?${query}`)
          expectRefused(answer, query.toString(), `query.${parameter}`)
        }
      }
      for (const parameter of [
        "page=1&page=1",
        "limit=1&limit=2",
        "status=pending&status=pending",
        "order=asc&order=x",
      ]) {
        expectRefused(await ask("GET", `/api/v1/tasks?${parameter}`), parameter, `query.${parameter.split("=")[0]}`)
      }
      expectRefused(
        await ask("GET", "/api/v1/tasks?page=0&limit=0&sort=x&order=y&z=1"),
        "all",
        ...["page", "limit", "sort", "order", "z"].map((key) => `query.${key}`),
      )
      for (const query of ["__proto__=1", "constructor=1", "toString=1", "%zz=1", "&=&", "=1"]) {
        expect([query, (await ask("GET", `/api/v1/tasks?${query}`)).body.code]).toEqual([query, "validation_failed"])
      }
      for (const path of ["/api/v1/categories", "/api/v1/users/me", `/api/v1/tasks/${nowhere}`]) {
        expectRefused(await ask("GET", `${path}?limit=1&__proto__=2`), path, "query.limit", "query.__proto__")
      }
      for (const query of ["?", "?limit=100&page=1000000000", "?due_from=2090-01-01T00:00:00%2B01:00", "?limit=001"]) {
        expect([query, (await ask("GET", `/api/v1/tasks${query}`)).status]).toEqual([query, 200])
      }
    })

    it("a body nests at most 32 levels deep", async () => {
      const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`
      expectRefused(await raw(nested(32)), 32, "body")
      expect((await raw(nested(33))).body.code).toBe("malformed_json")
      expect((await raw(`{"title":${'{"a":'.repeat(32)}1${"}".repeat(33)}`)).body.code).toBe("malformed_json")
      expect((await raw(nested(30_000))).body.code).toBe("malformed_json")
      // Brackets inside a string do not count as nesting.
      expect((await raw(`{"title":"${"[{".repeat(50)}\\"["}`)).status).toBe(201)
    })

    it("bytes that are not UTF-8 are malformed", async () => {
      const bytes = (...middle: ReadonlyArray<number>) =>
        new Uint8Array([...Buffer.from('{"title":"abc'), ...middle, ...Buffer.from('"}')])
      for (const middle of [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
        expect([middle, (await raw(bytes(...middle))).body.code]).toEqual([middle, "malformed_json"])
      }
      expect((await raw(bytes(0xf0, 0x9f, 0x98, 0x80))).status).toBe(201)
      expect((await raw(new Uint8Array(Buffer.from('{"title":"abc"}', "utf16le")))).body.code).toBe("malformed_json")
    })

    it("an encoded body is not supported, and none is decoded", async () => {
      for (const encoding of ["gzip", "br", "deflate", "gzip, identity", "compress"]) {
        const answer = await raw('{"title":"Water"}', { "content-encoding": encoding })
        expect([encoding, answer.body.code]).toEqual([encoding, "unsupported_media_type"])
      }
      for (const encoding of ["identity", "Identity", "identity, IDENTITY", ""]) {
        const { status } = await raw('{"title":"Water"}', { "content-encoding": encoding })
        expect([encoding, status]).toEqual([encoding, 201])
      }
    })

    it("JSON in UTF-8 is taken however its media type is written", async () => {
      for (const mediaType of [
        "application/json; charset=utf-8",
        'Application/JSON;charset="UTF-8"',
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json; charset=utf8",
        'application/json; Charset="UTF8"',
        "application/json",
        "application/json ;",
      ]) {
        const answer = await raw('{"title":"Water"}', { "content-type": mediaType })
        expect([mediaType, answer.status]).toEqual([mediaType, 201])
      }
    })

    it("a byte order mark before a body is passed over", async () => {
      const { body, status } = await client.ask<TaskResponse>("POST", "/api/v1/tasks", {
        token: token(),
        raw: '\ufeff{"title":"Water"}',
      })
      expect([status, body.task.title]).toEqual([201, "Water"])
      // Inside a string it is a character like any other.
      expectRefused(await raw('\ufeff{"title":""}'), "empty", "body.title")
    })

    it("a body of exactly 64 KiB is read, one byte more is too large", async () => {
      const bytes = (length: number) => `{"title":"Water"}`.padEnd(length)
      expect((await raw(bytes(64 * 1024))).status).toBe(201)
      const { body, status } = await raw(bytes(64 * 1024 + 1))
      expect([status, body.code]).toEqual([413, "payload_too_large"])
    })

    it("thousands of unknown fields and endless names get a short answer", async () => {
      const many = await raw(
        JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, 1]))),
      )
      expect(many.body.code).toBe("validation_failed")
      expect(many.body.errors?.length).toBeLessThanOrEqual(50)
      const long = await raw(JSON.stringify({ ["k".repeat(60_000)]: 1 }))
      expect(long.body.code).toBe("validation_failed")
      expect(long.text.length).toBeLessThan(1000)
      const query = await ask("GET", `/api/v1/users/me?${"k".repeat(10_000)}=1`)
      expect(query.text.length).toBeLessThan(1000)
    })
  })
