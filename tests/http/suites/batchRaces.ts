/** Tests that no reader sees half of a batch, while batches and single writes race. */
import { setImmediate } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Batch, TaskPage } from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

interface ChangePage {
  readonly data: ReadonlyArray<{
    readonly batch_id: string
    readonly changes: ReadonlyArray<{ readonly field: string }>
  }>
  readonly next_cursor: string
}

const batches = 100
const writers = 4
const pairs = 5

export const suite = (name: string, ports: SuitePorts) =>
  describe(`a batch in a race on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    /** How many batches the feed has shown. */
    let batchesSeen = 0
    const ask = <Body>(method: string, path: string, body?: unknown) =>
      client.ask<Body>(method, path, { token: ada.access_token, body })
    const run = (operations: ReadonlyArray<object>) => ask<Batch>("POST", "/api/v1/batch", { operations })

    /** Reads the list once. The two tasks of a pair always have the same title. */
    const expectWholePairs = async () => {
      const { body } = await ask<TaskPage>("GET", "/api/v1/tasks?limit=100")
      const titles = new Map<string, Set<string>>()
      for (const { description, title } of body.data) {
        titles.set(description ?? "", (titles.get(description ?? "") ?? new Set()).add(title))
      }
      expect([...titles.values()].map(({ size }) => size)).toEqual(Array(pairs).fill(1))
      return body.data
    }

    /** Reads what is new in the feed. The two changes of a batch are on one page, and follow each other. */
    const readFeed = async (since: string): Promise<string> => {
      const { body } = await ask<ChangePage>("GET", `/api/v1/changes?since=${since}&limit=500`)
      const places = new Map<string, Array<number>>()
      for (const [place, { batch_id, changes }] of body.data.entries()) {
        // A single write changes the priority only.
        if (changes.some(({ field }) => field === "title")) {
          places.set(batch_id, [...(places.get(batch_id) ?? []), place])
        }
      }
      for (const found of places.values()) {
        const [first = 0] = found
        expect(found).toEqual([first, first + 1])
      }
      batchesSeen += places.size
      return body.next_cursor
    }

    it(`half of none of ${batches} batches is seen, in the list or in the feed`, async () => {
      const tasks: Array<{ readonly one: string; readonly other: string }> = []
      for (let pair = 0; pair < pairs; pair++) {
        const task = { title: "Batch 0", description: `Pair ${pair}` }
        const { body } = await run(Array(2).fill({ op: "create_task", task }))
        const [one, other] = body.results.map((result) => result.task?.id ?? "")
        tasks.push({ one: one ?? "", other: other ?? "" })
      }
      let isOver = false
      const until = async (step: () => Promise<unknown>) => {
        while (!isOver) {
          await step()
          // A store in memory answers at once, and would leave no time to the others.
          await setImmediate()
        }
      }
      const outcomes: Array<number> = []
      const write = async (writer: number) => {
        for (let index = writer; index < batches; index += writers) {
          const { one = "", other = "" } = tasks[index % pairs] ?? {}
          const update = (task_id: string, version: number | "*") => ({
            op: "update_task",
            task_id,
            version,
            task: { title: `Batch ${index}` },
          })
          // Every fourth batch fails at its second operation.
          const { status } = await run([update(one, "*"), update(other, index % 4 === 0 ? 2_000_000_000 : "*")])
          outcomes.push(status)
        }
      }
      let cursor = (await ask<ChangePage>("GET", "/api/v1/changes?since=now")).body.next_cursor
      let changed = 0
      const readers = [
        until(expectWholePairs),
        until(async () => {
          cursor = await readFeed(cursor)
        }),
        until(async () => {
          const id = tasks[changed++ % pairs]?.one ?? ""
          const priority = changed % 2 === 0 ? "low" : "high"
          const { status } = await client.ask("PATCH", `/api/v1/tasks/${id}`, {
            token: ada.access_token,
            body: { priority },
            headers: { "if-match": "*" },
          })
          expect(status).toBe(200)
        }),
      ]
      try {
        await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
      } finally {
        isOver = true
        await Promise.all(readers)
      }
      await readFeed(cursor)
      expect(batchesSeen).toBe((batches * 3) / 4)
      expect(outcomes.filter((status) => status === 200)).toHaveLength((batches * 3) / 4)
      expect(outcomes.filter((status) => status === 422)).toHaveLength(batches / 4)
      for (const { title } of await expectWholePairs()) expect(Number(title.slice(6)) % 4).not.toBe(0)
    })
  })
