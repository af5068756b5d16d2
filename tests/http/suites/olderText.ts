/** Tests that stored texts which break today's rules still work. */
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { FullName } from "../../../domain/accounts/UserAccount.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import type { CategoryName } from "../../../domain/categories/Category.ts"
import type { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { makeCategory, makeTask } from "../../support/entities.ts"
import type { CategoryResponse, TaskResponse, UserResponse } from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient } from "../Client.ts"

/** Texts that an older version accepted, and that no client could send today. */
const older = ["two\tparts", "Cafe\u0301 Zu\u0308rich", "\u2800\u2800\u2800", "line\u2028break"]

export const suite = (name: string, ports: SuitePorts) =>
  describe(`text of an older version on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    it.each(older)("%j is shown as it is, and does not stand in the way of other changes", async (text) => {
      const ada = await register(client)
      const ask = <Body>(method: string, path: string, body?: unknown) =>
        client.ask<Body>(method, path, { token: ada.access_token, body })
      const userId = UserId.make(ada.user.id)
      const category = makeCategory(userId, { name: text as CategoryName })
      const task = makeTask(userId, { title: text as TaskTitle })
      await client.run(
        Effect.gen(function* () {
          const accounts = yield* AccountRepository
          yield* accounts.update({ ...(yield* accounts.get(userId)), fullName: text as FullName })
          yield* (yield* CategoryRepository).insert(category)
          yield* (yield* TaskRepository).insert(task)
        }),
      )
      // Twice, because the second response comes from a cache.
      for (const _ of [1, 2]) {
        expect((await ask<UserResponse>("GET", "/api/v1/users/me")).body.user.full_name).toBe(text)
      }
      const found = await ask<TaskResponse>("GET", `/api/v1/tasks/${task.id}`)
      expect(found.body.task.title).toBe(text)
      const labelled = await ask<TaskResponse>("POST", `/api/v1/tasks/${task.id}/categories/${category.id}`)
      expect(labelled.body.task.categories.map(({ name }) => name)).toEqual([text])
      const { body } = await ask<TaskResponse>("PATCH", `/api/v1/tasks/${task.id}`, { version: 2, priority: "high" })
      expect([body.task.title, body.task.priority]).toEqual([text, "high"])
      const listed = await ask<{ data: ReadonlyArray<CategoryResponse["category"]> }>("GET", "/api/v1/categories")
      expect(listed.body.data.map(({ name }) => name)).toContain(text)
    })
  })
