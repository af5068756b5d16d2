/** Tests the limits on categories with as many categories as they allow. */
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { type Category, CategoryName, maxCategories } from "../../../domain/categories/Category.ts"
import { maxTaskCategories } from "../../../domain/tasks/Task.ts"
import { keepCategory, makeTask } from "../../support/entities.ts"
import type { CategoryList, CategoryResponse, Problem, TaskResponse } from "../Answers.ts"
import { atOnce, type Client, countStatuses, register, type SuitePorts, startClient, type User } from "../Client.ts"

/** Tests the maximum number of categories of a user and of a task. */
export const suite = (name: string, ports: SuitePorts) =>
  describe(`limits of categories on ${name}`, { timeout: 120_000 }, () => {
    let client: Client
    let ada: User
    let labels: ReadonlyArray<Category>
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
      const userId = UserId.make(ada.user.id)
      labels = await client.run(
        Effect.forEach(
          Array.from({ length: maxCategories - 3 }),
          (_, index) => keepCategory(userId, { name: CategoryName.make(`Label ${String(index).padStart(4, "0")}`) }),
          { concurrency: 20 },
        ),
      )
    }, 120_000)
    afterAll(() => client.stop())

    const ask = <Body = TaskResponse & CategoryResponse & Problem>(method: string, path: string, body?: unknown) =>
      client.ask<Body>(method, path, { token: ada.access_token, body })
    const createTask = async (categories: ReadonlyArray<Category>) =>
      (
        await ask<TaskResponse>("POST", "/api/v1/tasks", {
          title: "Water the plants",
          category_ids: categories.map(({ id }) => id),
        })
      ).body.task

    it("a user has at most 1,000 categories, also if they are created concurrently, on one page", async () => {
      const answers = await atOnce(12, (index) => ask("POST", "/api/v1/categories", { name: `Extra ${index}` }))
      expect(countStatuses(answers)).toEqual({ 201: 3, 409: 9 })
      for (const { body, status } of answers) {
        if (status !== 409) continue
        expect(body.code).toBe("category_limit_reached")
        expect(body.detail).toContain("You have 1000 categories")
      }
      const { data } = (await ask<CategoryList>("GET", "/api/v1/categories")).body
      expect(data.length).toBe(1000)
      expect((await ask("POST", "/api/v1/categories", { name: "Label 0000" })).body.code).toBe("category_name_taken")
      await ask("DELETE", `/api/v1/categories/${data.at(-1)?.id}`)
      expect((await ask("POST", "/api/v1/categories", { name: "Another" })).status).toBe(201)
      expect((await ask("POST", "/api/v1/categories", { name: "One more" })).status).toBe(409)
    })

    it("a task has at most 100 categories, also if they are assigned concurrently", async () => {
      const task = await createTask(labels.slice(0, maxTaskCategories - 3))
      const rest = labels.slice(200, 212)
      const path = `/api/v1/tasks/${task.id}`
      const answers = await atOnce(12, (index) => ask("POST", `${path}/categories/${rest[index]?.id}`))
      expect(countStatuses(answers)).toEqual({ 200: 3, 409: 9 })
      for (const { body, status } of answers) {
        if (status !== 409) continue
        expect(body.code).toBe("category_limit_reached")
        expect(body.detail).toContain("The task has 100 categories")
      }
      const full = (await ask("GET", path)).body.task
      expect(full.categories.length).toBe(100)
      const again = await ask("POST", `${path}/categories/${full.categories[0]?.id}`)
      expect(again.body.code).toBe("category_already_assigned")
      await ask("DELETE", `${path}/categories/${full.categories[0]?.id}`)
      expect((await ask("POST", `${path}/categories/${labels[300]?.id}`)).status).toBe(200)
    })

    it("a task with more categories from before the limit can still be changed", async () => {
      const task = makeTask(UserId.make(ada.user.id), { categories: labels.slice(0, 120) })
      await client.run(Effect.flatMap(TaskRepository, ({ insert }) => insert(task)))
      const path = `/api/v1/tasks/${task.id}`
      const patched = await ask("PATCH", path, { version: 1, status: "completed" })
      expect([patched.status, patched.body.task.categories.length]).toEqual([200, 120])
      expect((await ask("POST", `${path}/categories/${labels[300]?.id}`)).body.code).toBe("category_limit_reached")
      expect((await ask("DELETE", `${path}/categories/${labels[0]?.id}`)).status).toBe(204)
      expect((await ask("GET", path)).body.task.categories.length).toBe(119)
    })
  })
