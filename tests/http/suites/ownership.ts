/** Tests that no user can read or change what another user owns. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  type CategoryList,
  type CategoryResponse,
  fields,
  keysOf,
  type Problem,
  type TaskPage,
  type TaskResponse,
} from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`ownership on ${name}`, () => {
    let client: Client
    let ada: User
    let grace: User
    let adasTask: TaskResponse["task"]
    let adasCategory: CategoryResponse["category"]
    let gracesTask: TaskResponse["task"]
    let gracesCategory: CategoryResponse["category"]
    const ask = <Body>(user: User, method: string, path: string, body?: unknown) =>
      client.ask<Body>(method, path, { token: user.access_token, body })
    const createTask = async (user: User) =>
      (await ask<TaskResponse>(user, "POST", "/api/v1/tasks", { title: "Water the plants" })).body.task
    const createCategory = async (user: User, name: string) =>
      (await ask<CategoryResponse>(user, "POST", "/api/v1/categories", { name })).body.category

    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
      grace = await register(client)
      adasCategory = await createCategory(ada, "Secret")
      const { id } = await createTask(ada)
      adasTask = (await ask<TaskResponse>(ada, "POST", `/api/v1/tasks/${id}/categories/${adasCategory.id}`)).body.task
      gracesTask = await createTask(grace)
      gracesCategory = await createCategory(grace, "Garden")
    })
    afterAll(() => client.stop())

    it("every request with another user's id is refused, reveals nothing and changes nothing", async () => {
      const calls = [
        ["GET", `/api/v1/tasks/${adasTask.id}`, undefined],
        ["GET", `/api/v1/tasks/${adasTask.id.toUpperCase()}`, undefined],
        ["PATCH", `/api/v1/tasks/${adasTask.id}`, { version: 2, title: "Mine now" }],
        // Other users cannot distinguish the correct version from a wrong one.
        ["PATCH", `/api/v1/tasks/${adasTask.id}`, { version: 1 }],
        ["DELETE", `/api/v1/tasks/${adasTask.id}`, undefined],
        ["POST", `/api/v1/tasks/${adasTask.id}/categories/${gracesCategory.id}`, undefined],
        ["POST", `/api/v1/tasks/${adasTask.id}/categories/${adasCategory.id}`, undefined],
        ["POST", `/api/v1/tasks/${gracesTask.id}/categories/${adasCategory.id}`, undefined],
        ["DELETE", `/api/v1/tasks/${adasTask.id}/categories/${adasCategory.id}`, undefined],
        ["DELETE", `/api/v1/tasks/${adasTask.id}/categories/${gracesCategory.id}`, undefined],
        ["DELETE", `/api/v1/tasks/${gracesTask.id}/categories/${adasCategory.id}`, undefined],
        ["DELETE", `/api/v1/categories/${adasCategory.id}`, undefined],
        ["PATCH", `/api/v1/categories/${adasCategory.id}`, { version: 1, name: "Mine now" }],
        ["POST", `/api/v1/categories/${adasCategory.id}/restore`, undefined],
      ] as const
      for (const [method, path, body] of calls) {
        const answer = await ask<Problem>(grace, method, path, body)
        expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, "not_owner"])
        expect(keysOf(answer.body)).toEqual(fields.problem)
        for (const theirs of [adasTask.title, adasCategory.name, ada.user.id, ada.user.email]) {
          expect(answer.text).not.toContain(theirs)
        }
      }
      expect((await ask<TaskResponse>(ada, "GET", `/api/v1/tasks/${adasTask.id}`)).body.task).toEqual(adasTask)
      expect((await ask<TaskResponse>(grace, "GET", `/api/v1/tasks/${gracesTask.id}`)).body.task).toEqual(gracesTask)
      expect((await ask<CategoryList>(ada, "GET", "/api/v1/categories")).body.data).toEqual([adasCategory])
    })

    it("a malformed request is refused before the owner of the task is checked", async () => {
      const { body } = await ask<Problem>(grace, "PATCH", `/api/v1/tasks/${adasTask.id}`, { version: "2" })
      expect(body.code).toBe("validation_failed")
    })

    it("lists, totals and filters show only the user's own tasks", async () => {
      const paths = ["", `category_id=${adasCategory.id}`, "status=pending", "limit=1&page=2", "sort=priority"]
      const lists = []
      for (const query of paths) lists.push((await ask<TaskPage>(grace, "GET", `/api/v1/tasks?${query}`)).body)
      expect(lists.map(({ data, total }) => [data.map(({ id }) => id), total])).toEqual([
        [[gracesTask.id], 1],
        [[], 0],
        [[gracesTask.id], 1],
        [[], 1],
        [[gracesTask.id], 1],
      ])
      expect((await ask<CategoryList>(grace, "GET", "/api/v1/categories")).body.data).toEqual([gracesCategory])
    })

    it("another user cannot be named as the owner, in the body or in the query", async () => {
      const calls = [
        ["POST", "/api/v1/tasks", { title: "Yours", user_id: ada.user.id }, "body.user_id"],
        ["PATCH", `/api/v1/tasks/${gracesTask.id}`, { version: 1, user_id: ada.user.id }, "body.user_id"],
        ["POST", "/api/v1/categories", { name: "Yours", user_id: ada.user.id }, "body.user_id"],
        ["GET", `/api/v1/tasks?user_id=${ada.user.id}`, undefined, "query.user_id"],
        ["GET", `/api/v1/categories?user_id=${ada.user.id}`, undefined, "query.user_id"],
        ["GET", `/api/v1/users/me?id=${ada.user.id}`, undefined, "query.id"],
      ] as const
      for (const [method, path, body, at] of calls) {
        const answer = await ask<Problem>(grace, method, path, body)
        expect(answer.body.errors).toEqual([{ path: at, message: "is not a known field" }])
      }
    })

    it("another user's deleted task is not found, as if it had never existed", async () => {
      const task = await createTask(ada)
      const category = await createCategory(ada, "Passing")
      await ask(ada, "DELETE", `/api/v1/tasks/${task.id}`)
      await ask(ada, "DELETE", `/api/v1/categories/${category.id}`)
      expect((await ask<Problem>(grace, "GET", `/api/v1/tasks/${task.id}`)).body.code).toBe("task_not_found")
      expect((await ask<Problem>(grace, "DELETE", `/api/v1/categories/${category.id}`)).body.code).toBe(
        "category_not_found",
      )
    })
  })
