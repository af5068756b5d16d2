/** Tests the event stream of changes: what it sends, where it resumes, and when it ends. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import type { FeedChange } from "../../../adapters/http/api/v1/ChangeResource.ts"
import { deleteUser } from "../../../application/accounts/administration/DeleteUser.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import type { Problem, TaskResponse } from "../Answers.ts"
import { type Client, createToken, register, type SuitePorts, startClient, type User } from "../Client.ts"
import { type EventReader, type Frame, openEvents } from "../EventReader.ts"

const path = "/api/v1/changes/stream"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the stream of changes on ${name}`, () => {
    let client: Client
    const opened: Array<EventReader> = []
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterEach(() => {
      for (const { cut } of opened.splice(0)) cut()
    })
    afterAll(() => client.stop())

    const open = async (user: User, query = "", headers: Record<string, string> = {}, of: Client = client) => {
      const reader = await openEvents(`${of.url}${path}${query}`, user.access_token, headers)
      opened.push(reader)
      return reader
    }
    const refusal = (user: User, query = "", headers: Record<string, string> = {}) =>
      client.ask<Problem & { readonly latest_cursor?: string }>("GET", `${path}${query}`, {
        token: user.access_token,
        headers: { accept: "text/event-stream", ...headers },
      })
    const addTask = async (user: User, title = "Water the plants", of: Client = client) => {
      const { body } = await of.ask<TaskResponse>("POST", "/api/v1/tasks", {
        token: user.access_token,
        body: { title },
      })
      return body.task
    }
    const feed = async (user: User, query = "") =>
      (
        await client.ask<{
          readonly data: ReadonlyArray<FeedChange>
          readonly next_cursor: string
          readonly has_more: boolean
        }>("GET", `/api/v1/changes${query}`, { token: user.access_token })
      ).body

    it("a client gets the changes since its cursor, then that it is up to date, then each change as it is made", async () => {
      const ada = await register(client)
      const start = (await feed(ada)).next_cursor
      await addTask(ada, "Buy milk")
      await addTask(ada, "Buy bread")
      const stream = await open(ada, `?since=${start}`)
      expect(stream.status).toBe(200)
      expect(
        ["content-type", "cache-control", "x-accel-buffering", "content-encoding"].map((of) => stream.headers.get(of)),
      ).toEqual(["text/event-stream", "no-store", "no", null])
      const replayed = [await stream.next(), await stream.next()]
      const upToDate = await stream.next()
      const latest = (await feed(ada, "?since=now")).next_cursor
      expect([upToDate.event, upToDate.data]).toEqual(["up_to_date", { cursor: latest }])
      const task = await addTask(ada, "Buy cheese")
      const followed = await stream.next()
      expect(followed.data).toMatchObject({ type: "task.created", task })
      const events = [...replayed, followed]
      expect(events.map(({ event }) => event)).toEqual(["change", "change", "change"])
      const { data } = await feed(ada)
      expect(events.map(({ data }) => data)).toEqual(data)
      expect(events.map(({ id }) => id)).toEqual(data.map(({ cursor }) => cursor))
      expect(stream.texts[0]).toMatch(/^retry: (?:[12]\d{3}|3000)$/)
    })

    it("a client without a cursor gets only what is new, and one with a type only changes of it", async () => {
      const ada = await register(client)
      await addTask(ada)
      const [all, categories] = [await open(ada), await open(ada, "?types=category")]
      for (const stream of [all, categories]) expect((await stream.next()).event).toBe("up_to_date")
      await addTask(ada)
      await client.ask("POST", "/api/v1/categories", { token: ada.access_token, body: { name: "Garden" } })
      const types = async (stream: EventReader) => ((await stream.next()).data as FeedChange).type
      expect([await types(all), await types(all)]).toEqual(["task.created", "category.created"])
      expect(await types(categories)).toBe("category.created")
    })

    it("a stream that an API token opened ends within a second after the token is revoked, and others go on", async () => {
      const ada = await register(client)
      const { secret, token } = await createToken(client, ada, ["tasks:read"])
      const [own, other] = [await openEvents(`${client.url}${path}`, secret), await open(ada)]
      opened.push(own)
      for (const stream of [own, other]) expect((await stream.next()).event).toBe("up_to_date")
      await client.ask("DELETE", `/api/v1/tokens/${token.id}`, { token: ada.access_token })
      expect(await own.ended).toBe(true)
      await addTask(ada)
      expect((await other.next()).event).toBe("change")
      expect(own.frames.map(({ event }) => event)).toEqual(["up_to_date"])
      expect((await openEvents(`${client.url}${path}`, secret)).status).toBe(401)
    })

    it("a client resumes after its last event, which control frames do not move, and not after since", async () => {
      const ada = await register(client)
      const start = (await feed(ada)).next_cursor
      await addTask(ada)
      const first = await open(ada, `?since=${start}`)
      const { id } = await first.next()
      expect((await first.next()).event).toBe("up_to_date")
      expect(first.lastEventId()).toBe(id)
      first.cut()
      const missed = await addTask(ada)
      const second = await open(ada, `?since=${start}`, { "last-event-id": id ?? "" })
      expect((await second.next()).data).toMatchObject({ task_id: missed.id })
      expect((await second.next()).event).toBe("up_to_date")
      const empty = await open(ada, `?since=${start}`, { "last-event-id": "" })
      expect((await empty.next()).id).toBe(id)
    })

    it("a client whose connection is cut 100 times at random gets every change once and in order", async () => {
      const ada = await register(client)
      const start = (await feed(ada)).next_cursor
      let isWriting = true
      const writes = Promise.all(
        [0, 1].map(async (writer) => {
          for (let count = 0; isWriting; count++) await addTask(ada, `Task ${writer}-${count}`)
        }),
      )
      const seen: Array<unknown> = []
      let lastEventId = start
      /** Keeps what the client received before it was cut. */
      const keep = (frames: ReadonlyArray<Frame>) => {
        for (const { data, event, id } of frames) {
          expect([event, id !== undefined]).toEqual([event, event === "change"])
          if (id === undefined) continue
          lastEventId = id
          seen.push(data)
        }
      }
      for (let cuts = 0; cuts < 100; cuts++) {
        const stream = await openEvents(`${client.url}${path}`, ada.access_token, { "last-event-id": lastEventId })
        // A slot of the user is free again when the server has seen the cut.
        expect([200, 429]).toContain(stream.status)
        if (stream.status === 200) await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
        stream.cut()
        await stream.ended
        keep(stream.frames)
      }
      isWriting = false
      await writes
      let last = await open(ada, "", { "last-event-id": lastEventId })
      while (last.status === 429) last = await open(ada, "", { "last-event-id": lastEventId })
      await expect.poll(() => last.frames.some(({ event }) => event === "up_to_date")).toBe(true)
      keep(last.frames)
      const all: Array<FeedChange> = []
      for (let since = start, hasMore = true; hasMore; ) {
        const page = await feed(ada, `?since=${since}&limit=500`)
        all.push(...page.data)
        since = page.next_cursor
        hasMore = page.has_more
      }
      expect(all.length).toBeGreaterThan(50)
      expect(seen).toEqual(all)
    })

    it("a request that cannot be served is refused before the first event", async () => {
      const [ada, grace] = [await register(client), await register(client)]
      await addTask(grace)
      const foreign = (await feed(grace, "?since=now")).next_cursor
      const latest = (await feed(ada)).next_cursor
      expect((await client.ask("GET", path)).status).toBe(401)
      const cases: ReadonlyArray<readonly [string, Record<string, string>, number, string]> = [
        ["?since=x", {}, 400, "invalid_cursor"],
        ["?since=", {}, 400, "invalid_cursor"],
        ["", { "last-event-id": "x" }, 400, "invalid_cursor"],
        ["?types=x", {}, 400, "validation_failed"],
        ["?wait=5", {}, 400, "validation_failed"],
        ["", { accept: "application/json" }, 406, "not_acceptable"],
        ["", { accept: "text/event-stream;q=0, text/html" }, 406, "not_acceptable"],
        [`?since=${foreign}`, {}, 410, "cursor_reset"],
      ]
      for (const [query, headers, status, code] of cases) {
        const answer = await refusal(ada, query, headers)
        expect([query, headers, answer.status, answer.body.code]).toEqual([query, headers, status, code])
        if (status === 410) expect(answer.body.latest_cursor).toBe(latest)
      }
      for (const accept of ["text/event-stream", "application/json, text/event-stream;q=0.5"]) {
        expect((await open(ada, "", { accept })).status).toBe(200)
      }
    })

    it("a user has as many streams as the settings allow, and a closed one leaves its place", async () => {
      const [ada, grace] = [await register(client), await register(client)]
      const streams = []
      for (let count = 0; count < 5; count++) streams.push(await open(ada))
      const { body, headers, status } = await refusal(ada)
      expect([status, body.code, headers.get("retry-after")]).toEqual([429, "too_many_streams", "5"])
      expect((await open(grace)).status).toBe(200)
      streams[0]?.cut()
      const reopen = async () => {
        const stream = await open(ada)
        if (stream.status !== 200) stream.cut()
        return stream.status
      }
      await expect.poll(reopen).toBe(200)
    })

    it("a stream counts as one request, and not as one in flight", async () => {
      const narrow = await startClient(ports, { maxInFlight: 2 })
      try {
        const ada = await register(narrow)
        const streams = [
          await open(ada, "", {}, narrow),
          await open(ada, "", {}, narrow),
          await open(ada, "", {}, narrow),
        ]
        for (const stream of streams) expect((await stream.next()).event).toBe("up_to_date")
        await addTask(ada, "Buy milk", narrow)
        for (const stream of streams) expect((await stream.next()).event).toBe("change")
        const { headers } = await narrow.ask("GET", "/api/v1/users/me", { token: ada.access_token })
        expect(Number(headers.get("ratelimit-limit")) - Number(headers.get("ratelimit-remaining"))).toBe(5)
      } finally {
        await narrow.stop()
      }
    })

    it("a comment keeps a silent stream open", async () => {
      const quiet = await startClient(ports, { streamKeepAliveMillis: 100 })
      try {
        const stream = await open(await register(quiet), "", {}, quiet)
        await expect.poll(() => stream.texts.filter((text) => text === ": keep-alive").length).toBeGreaterThan(2)
        expect(stream.lastEventId()).toBeUndefined()
      } finally {
        await quiet.stop()
      }
    })

    it("a stream ends when its session is revoked, and others go on", async () => {
      const ada = await register(client)
      const { body: other } = await client.ask<User>("POST", "/api/v1/auth/login", {
        body: { email: ada.user.email, password: ada.password },
      })
      const [ended, kept] = [await open(ada), await open({ ...ada, ...other })]
      for (const stream of [ended, kept]) expect((await stream.next()).event).toBe("up_to_date")
      await client.ask("POST", "/api/v1/auth/logout", { token: ada.access_token })
      expect(await ended.ended).toBe(true)
      await addTask({ ...ada, ...other })
      expect((await kept.next()).event).toBe("change")
    })

    it("a stream ends when its account is deleted", async () => {
      const ada = await register(client)
      const stream = await open(ada)
      await stream.next()
      await client.run(deleteUser({ userId: UserId.make(ada.user.id) }))
      expect(await stream.ended).toBe(true)
    })

    it("a stream ends when the server stops, before the server closes its port", async () => {
      const stopped = await startClient(ports, { shutdownDelayMillis: 1_000 })
      const ada = await register(stopped)
      const stream = await open(ada, "", {}, stopped)
      expect((await stream.next()).event).toBe("up_to_date")
      const stopping = stopped.stop()
      expect(await stream.ended).toBe(true)
      // A stream that is opened meanwhile brings what there is, and ends.
      await addTask(ada, "Buy milk", stopped)
      const late = await open(ada, "", { "last-event-id": stream.lastEventId() ?? "" }, stopped)
      expect((await late.next()).event).toBe("up_to_date")
      expect(await late.ended).toBe(true)
      await stopping
    })
  })
