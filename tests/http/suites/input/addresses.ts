/** Tests the validation of paths and queries. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Problem } from "../../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../../Client.ts"
import { expectRefused } from "./expectRefused.ts"
import { badTimes, marker, nowhere, sql } from "./invalidValues.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`paths and queries on ${name}`, () => {
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

    it("an id in a path that is not a UUID is refused", async () => {
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
        expectRefused(await ask("POST", `/api/v1/categories/${id}/restore`), id, "path.category_id")
        for (const method of ["POST", "DELETE"]) {
          expectRefused(await ask(method, `/api/v1/tasks/${id}/categories/${nowhere}`), id, "path.task_id")
          expectRefused(await ask(method, `/api/v1/tasks/${nowhere}/categories/${id}`), id, "path.category_id")
        }
      }
      for (const id of ["%ff", "%zz", "%", "a".repeat(5000)]) {
        expect([id, (await ask("GET", `/api/v1/tasks/${id}`)).body.code]).toEqual([id, "not_found"])
      }
    })

    it("a malformed, repeated or unknown query parameter is refused", async () => {
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
        status: ["", "Pending", "done", "pending,done", "pending,", ",", "pending, completed", "toString", sql, "\0"],
        priority: ["", "LOW", "urgent", "1", "low,,high", "low,".repeat(1000), "__proto__", sql],
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
  })
