/** Tests the size of the answers to assistants of a user with 10,000 tasks. */
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { TaskDescription, TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { makeTask } from "../../support/entities.ts"
import { connectHttp, eras } from "../../support/mcp.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

const tasks = 10_000
/** The newest tasks, which a list shows first, are as long as they can be. */
const longTasks = 10

export const suite = (name: string, ports: SuitePorts) =>
  describe(`answers to assistants on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
      const userId = UserId.make(ada.user.id)
      const now = Date.now()
      const insertAll = Effect.gen(function* () {
        const { insert } = yield* TaskRepository
        for (let index = 0; index < tasks; index++) {
          const time = fromMillis(now - tasks + index)
          const title = TaskTitle.make(`${index} ${"漢".repeat(180)}`)
          const description = index < tasks - longTasks ? null : TaskDescription.make("語".repeat(2000))
          yield* insert(makeTask(userId, { title, description, createdAt: time, updatedAt: time }))
        }
      })
      await client.run(insertAll)
    })
    afterAll(() => client.stop())

    it.each(eras)("are short with 10,000 tasks ($name)", async (era) => {
      const assistant = await connectHttp(client.url, ada.access_token, era)
      const seen = new Set<string>()
      let cursor: string | null = null
      for (let pages = 0; pages < 5; pages++) {
        const { content } = await assistant.call("find_tasks", { limit: 50, cursor })
        expect(Buffer.byteLength(JSON.stringify(content))).toBeLessThan(20_000)
        for (const task of content.tasks) seen.add(task.id)
        cursor = content.next_cursor
      }
      expect(seen.size).toBeGreaterThan(100)
      const [first] = seen
      for (const [tool, args] of [
        ["get_task", { id: first, history: true }],
        ["recent_changes", {}],
      ] as const) {
        const { content, isError } = await assistant.call(tool, args)
        expect([tool, isError]).toEqual([tool, false])
        expect(Buffer.byteLength(JSON.stringify(content)), tool).toBeLessThan(20_000)
      }
      await assistant.close()
    })
  })
