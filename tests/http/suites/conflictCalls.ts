/** The calls that the suites of conflicts and of merges share, on a service of their own. */
import { afterAll, beforeAll } from "vitest"
import type { CategoryResponse, Problem, UpdatedTaskResponse } from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

export interface Options {
  readonly body?: unknown
  readonly ifMatch?: string | undefined
  readonly user?: User
}

/** The fields of every task that a suite creates. */
export const original = {
  title: "Buy milk",
  description: "Two bottles.",
  status: "pending",
  priority: "low",
  due_date: "2099-01-01T00:00:00.000Z",
}

export const pathOf = ({ id }: { readonly id: string }) => `/api/v1/tasks/${id}`
export const onTask = (task: { readonly id: string }, category: { readonly id: string }) =>
  `${pathOf(task)}/categories/${category.id}`

/** Starts the service and registers two users. A `describe` calls this once. */
export const useConflictCalls = (ports: SuitePorts) => {
  let client: Client
  let ada: User
  let eve: User
  beforeAll(async () => {
    client = await startClient(ports)
    ada = await register(client)
    eve = await register(client)
  })
  afterAll(() => client.stop())
  const ask = <Body = UpdatedTaskResponse & Problem>(
    method: string,
    path: string,
    { body, ifMatch, user = ada }: Options = {},
  ) => {
    const headers = ifMatch === undefined ? {} : { "if-match": ifMatch }
    return client.ask<Body>(method, path, { token: user.access_token, body, headers })
  }
  const create = async (fields: object = {}) =>
    (await ask("POST", "/api/v1/tasks", { body: { ...original, ...fields } })).body.task
  const get = async (task: { readonly id: string }) => (await ask("GET", pathOf(task))).body.task
  const patch = (task: { readonly id: string }, body: object, ifMatch?: string) =>
    ask("PATCH", pathOf(task), { body, ifMatch })
  let categories = 0
  const createCategory = async () =>
    (await ask<CategoryResponse>("POST", "/api/v1/categories", { body: { name: `Label ${++categories}` } })).body
      .category

  return { ada: () => ada, ask, client: () => client, create, createCategory, eve: () => eve, get, patch }
}
