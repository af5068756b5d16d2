/** The operations and the calls that the suites of a batch share, on a service of their own. */
import { Effect } from "effect"
import { afterAll, beforeAll } from "vitest"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import type { Batch, TaskResponse } from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

export const nowhere = "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"
export const title = "Water the plants"
export const createOne = { op: "create_task", task: { title } }
export const missing = { op: "delete_task", task_id: nowhere }

/** Starts the service and registers a user. A `describe` calls this once. */
export const useBatchCalls = (ports: SuitePorts) => {
  let client: Client
  let ada: User
  beforeAll(async () => {
    client = await startClient(ports)
    ada = await register(client)
  })
  afterAll(() => client.stop())

  const ask = <Body>(method: string, path: string, body?: unknown, token = ada.access_token) =>
    client.ask<Body>(method, path, { token, body })
  const run = (operations: ReadonlyArray<unknown>, options: object = {}) =>
    ask<Batch>("POST", "/api/v1/batch", { operations, ...options })
  const createTask = async (token = ada.access_token) =>
    (await ask<TaskResponse>("POST", "/api/v1/tasks", { title }, token)).body.task
  const getTask = async (id: string) => (await ask<TaskResponse>("GET", `/api/v1/tasks/${id}`)).body.task
  const changes = () =>
    client.run(
      Effect.flatMap(ChangeRepository, ({ readBefore }) => readBefore(UserId.make(ada.user.id), {}, null, 1000)),
    )

  return { ada: () => ada, ask, changes, client: () => client, createTask, getTask, run }
}
