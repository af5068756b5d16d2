/** A user that reads and causes changes, for the suites of the change feed. */
import { expect } from "vitest"
import type { FeedChange } from "../../../adapters/http/api/v1/ChangeResource.ts"
import type { Ask } from "../../support/http.ts"
import type { CategoryResponse, Problem, TaskResponse } from "../Answers.ts"
import { type Client, register } from "../Client.ts"

export interface ChangePage {
  readonly data: ReadonlyArray<FeedChange>
  readonly next_cursor: string
  readonly has_more: boolean
}

/** Registers a user. Returns the calls that the tests make. */
export const makeFeedUser = async (of: Client) => {
  const { access_token } = await register(of)
  const ask = <Body = TaskResponse & Problem>(method: string, path: string, more: Omit<Ask, "token"> = {}) =>
    of.ask<Body>(method, path, { token: access_token, ...more })
  return {
    ask,
    changes: async (query = "") => {
      const { body, status } = await ask<ChangePage>("GET", `/api/v1/changes${query}`)
      expect(status).toBe(200)
      return body
    },
    refusal: async (query: string) => {
      const { body, status } = await ask<Problem & { readonly oldest_cursor: string; readonly latest_cursor: string }>(
        "GET",
        `/api/v1/changes${query}`,
      )
      return { body, status, code: body.code }
    },
    addTask: async (title = "Water the plants", of: object = {}) => {
      const { body, headers } = await ask("POST", "/api/v1/tasks", { body: { title, ...of } })
      return { task: body.task, path: `/api/v1/tasks/${body.task.id}`, undoId: headers.get("undo-id") }
    },
    addCategory: async (title = "Garden") =>
      (await ask<CategoryResponse>("POST", "/api/v1/categories", { body: { name: title, color: "#2E7D32" } })).body
        .category,
  }
}
