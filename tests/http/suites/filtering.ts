/** Tests the filters of the list of tasks: in the URL of a GET, and in the body of a QUERY. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CategoryResponse, Problem, TaskCursorPage, TaskPage, TaskResponse } from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

interface FilterProblem extends Problem {
  readonly errors?: ReadonlyArray<{
    readonly path: string
    readonly message: string
    readonly position?: number
    readonly expected?: ReadonlyArray<string>
  }>
}
type Evaluated<Page> = Page & { readonly evaluated_at?: string; readonly time_zone?: string }

const dayMillis = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * dayMillis).toISOString()

export const suite = (name: string, ports: SuitePorts) =>
  describe(`filters of tasks on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
      const { body } = await ask<CategoryResponse>("POST", "/api/v1/categories", { name: "Garden" })
      const garden = [body.category.id]
      for (const task of [
        { title: "Buy oat milk", priority: "high", due_date: inDays(2) },
        { title: "Äpfel pflücken", description: "im Garten: 100% reif", due_date: inDays(40), category_ids: garden },
        { title: "Mow the lawn", status: "in_progress", priority: "low", category_ids: garden },
        { title: "Pay rent", status: "completed" },
      ]) {
        await ask<TaskResponse>("POST", "/api/v1/tasks", task)
      }
    })
    afterAll(() => client.stop())

    const ask = <Body>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      client.ask<Body>(method, path, { token: ada.access_token, ...(body !== undefined && { body }), headers })
    const get = <Body = Evaluated<TaskPage>>(parameters: Record<string, string>) =>
      ask<Body>("GET", `/api/v1/tasks?${new URLSearchParams(parameters)}`)
    const query = <Body = Evaluated<TaskPage>>(body: unknown, headers: Record<string, string> = {}) =>
      ask<Body>("QUERY", "/api/v1/tasks", body, headers)
    const titles = ({ data }: TaskPage | TaskCursorPage) => data.map(({ title }) => title).toSorted()

    const found: ReadonlyArray<readonly [filter: string, ...titles: Array<string>]> = [
      ["milk", "Buy oat milk"],
      ["MILK or äPFEL", "Buy oat milk", "Äpfel pflücken"],
      ["a\u0308pfel", "Äpfel pflücken"],
      ['"100% reif" title:pflück', "Äpfel pflücken"],
      ["100_", ...[]],
      ["category:garden -status:in_progress", "Äpfel pflücken"],
      ["category:none", "Buy oat milk", "Pay rent"],
      ["category:nothing", ...[]],
      ["status:pending,in_progress priority<high", "Mow the lawn", "Äpfel pflücken"],
      ["due<+1w", "Buy oat milk"],
      ["due:none", "Mow the lawn", "Pay rent"],
      ["due>today -(milk or overdue)", "Äpfel pflücken"],
      ["created:today,yesterday", "Buy oat milk", "Mow the lawn", "Pay rent", "Äpfel pflücken"],
    ]

    it.each(found)("GET and QUERY find the same tasks by %s", async (filter, ...expected) => {
      const [byGet, byQuery] = [await get({ filter, limit: "100" }), await query({ filter, limit: 100 })]
      expect([byGet.status, titles(byGet.body), byGet.body.total]).toEqual([200, expected.toSorted(), expected.length])
      expect([byQuery.status, byQuery.body.data, byQuery.body.total]).toEqual([200, byGet.body.data, expected.length])
    })

    it("all parameters have to be met together, and status and priority take several values", async () => {
      const list = async (parameters: Record<string, string>) => titles((await get(parameters)).body)
      expect(await list({ status: "pending,in_progress", priority: "low,high" })).toEqual([
        "Buy oat milk",
        "Mow the lawn",
      ])
      expect(await list({ status: "pending", filter: "buy or mow" })).toEqual(["Buy oat milk"])
      expect(await list({ status: "completed,pending", filter: "-category:garden" })).toEqual([
        "Buy oat milk",
        "Pay rent",
      ])
      expect(await list({ status: "pending,pending", due_to: inDays(3) })).toEqual(["Buy oat milk"])
    })

    it("the response says when and where relative dates were seen, and only then", async () => {
      const { body } = await get({ filter: "due<=+1w", time_zone: "America/Lima" })
      expect(body).toMatchObject({ evaluated_at: expect.stringMatching(/Z$/), time_zone: "America/Lima" })
      expect((await query({ filter: "overdue" })).body).toMatchObject({ data: [], total: 0, time_zone: "UTC" })
      for (const parameters of [{ filter: "due<2030-01-01", time_zone: "Asia/Tokyo" }, { time_zone: "Asia/Tokyo" }]) {
        expect(Object.keys((await get(parameters)).body).toSorted()).toEqual(["data", "limit", "page", "total"])
      }
    })

    it("all pages of a walk see relative dates from the same time", async () => {
      const list = { filter: "created>yesterday created<=now", time_zone: "Europe/Berlin", limit: 1 }
      const seen = new Set<string | undefined>()
      const walked: Array<string> = []
      let cursor: string | null = ""
      while (cursor !== null) {
        const { body, status }: { body: Evaluated<TaskCursorPage>; status: number } = await query({ ...list, cursor })
        expect(status).toBe(200)
        seen.add(body.evaluated_at)
        walked.push(...titles(body))
        cursor = body.next_cursor
        if (cursor !== null) expect(cursor).toMatch(/^[A-Za-z0-9_-]{1,110}$/)
        if (walked.length === 1) await ask<TaskResponse>("POST", "/api/v1/tasks", { title: "Created meanwhile" })
      }
      expect(walked.toSorted()).toEqual(["Buy oat milk", "Mow the lawn", "Pay rent", "Äpfel pflücken"])
      expect([...seen]).toEqual([expect.stringMatching(/Z$/)])

      const { body } = await query<TaskCursorPage>({ ...list, cursor: "" })
      const next = body.next_cursor ?? ""
      for (const other of [{ filter: "created>yesterday" }, { time_zone: "America/Lima" }, { order: "asc" }]) {
        const { body: problem, status } = await query<Problem>({ ...list, ...other, cursor: next })
        expect([other, status, problem.code]).toEqual([other, 400, "cursor_mismatch"])
      }
    })

    it.each([
      ["", 0, ["term"]],
      ["milk due:soon", 9, ["date"]],
      ["🎉 status:done", 9, ["status"]],
      ["(milk", 5, ["closing_parenthesis"]],
      ["x".repeat(1001), 1000, ["end"]],
      ["w ".repeat(51), 100, ["end"]],
      ["milk\0", 4, []],
    ])("a filter that cannot be read is refused with its place: %#", async (filter, position, expected) => {
      for (const [path, answer] of [
        ["query.filter", await get<FilterProblem>({ filter })],
        ["body.filter", await query<FilterProblem>({ filter })],
      ] as const) {
        expect([answer.status, answer.body.code]).toEqual([400, "invalid_filter"])
        expect(answer.body.errors).toEqual([{ path, position, expected, message: expect.stringMatching(/^must /) }])
      }
    })

    it("an unknown time zone is refused, with and without a filter", async () => {
      for (const time_zone of ["Mars/Olympus", "", "+01:00", "x".repeat(5000)]) {
        for (const answer of [
          await get<Problem>({ time_zone }),
          await get<Problem>({ time_zone, filter: "due:today" }),
          await query<Problem>({ time_zone, filter: "due:today" }),
        ]) {
          expect([answer.status, answer.body.code]).toEqual([400, "unknown_time_zone"])
        }
      }
    })

    it("a lone surrogate in a body is refused", async () => {
      const { body, status } = await query<FilterProblem>({ filter: "milk\ud800" })
      expect([status, body.code, body.errors?.[0]?.position]).toEqual([400, "invalid_filter", 4])
    })

    it("a QUERY is refused with fields that it does not have, in their place", async () => {
      for (const [body, ...paths] of [
        [{ unknown: 1 }, "body.unknown"],
        [{ status: "pending" }, "body.status"],
        [{ filter: 1, time_zone: null }, "body.filter", "body.time_zone"],
        [{ limit: "5" }, "body.limit"],
        [{ limit: 101 }, "body.limit"],
        [{ limit: 201, cursor: "" }, "body.limit"],
        [{ page: 1, cursor: "" }, "body.page"],
        [{ page: 0, sort: "title" }, "body.page", "body.sort"],
      ] as const) {
        const answer = await query<Problem>(body)
        const named = answer.body.errors?.map(({ path }) => path).toSorted()
        expect([body, answer.status, answer.body.code, named]).toEqual([body, 400, "validation_failed", paths])
      }
      expect((await ask<Problem>("QUERY", "/api/v1/tasks?page=1", {})).body.errors).toMatchObject([
        { path: "query.page" },
      ])
      expect((await query({ limit: 200, cursor: "" })).status).toBe(200)
    })

    it("a QUERY has the tag of its response, takes no key, and is announced by GET", async () => {
      const { headers } = await query({ filter: "milk" })
      const etag = headers.get("etag") ?? ""
      expect((await query({ filter: "milk" }, { "if-none-match": etag })).status).toBe(304)
      const other = await query<TaskPage>({ filter: "rent" }, { "idempotency-key": "same" })
      const again = await query<TaskPage>({ filter: "milk" }, { "idempotency-key": "same" })
      expect([titles(other.body), titles(again.body)]).toEqual([["Pay rent"], ["Buy oat milk"]])
      expect([other.headers.has("undo-id"), again.headers.has("idempotency-replayed")]).toEqual([false, false])
      expect((await get({})).headers.get("accept-query")).toBe('"application/json"')
    })
  })
