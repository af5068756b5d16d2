/** The calls that the suites of an assistant share, on a service of their own. */
import { afterAll, beforeAll, beforeEach, expect } from "vitest"
import { type Assistant, connectHttp, type Era } from "../../support/mcp.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

export const times = <A>(count: number, make: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length: count }, (_, index) => make(index))

/** Starts the service, and registers a user before each test. A `describe` calls this once. */
export const useAssistants = (ports: SuitePorts) => {
  let client: Client
  let ada: User
  beforeAll(async () => {
    client = await startClient(ports)
  })
  beforeEach(async () => {
    ada = await register(client)
  })
  afterAll(() => client.stop())
  /** Connects an assistant of that era before each test. A `describe` calls this once. */
  const useAssistant = (era: Era) => {
    let assistant: Assistant
    beforeEach(async () => {
      assistant = await connectHttp(client.url, ada.access_token, era)
      return () => assistant.close()
    })
    const call: Assistant["call"] = (...parameters) => assistant.call(...parameters)
    /** Calls a tool that has to succeed. */
    const done = async (tool: string, args?: Readonly<Record<string, unknown>>) => {
      const answer = await call(tool, args)
      expect(answer.isError, JSON.stringify(answer.content)).toBe(false)
      return answer.content
    }
    /** Adds as many tasks as one call takes, and confirms the plan. */
    const addTasks = async (tasks: ReadonlyArray<object>) => {
      const plan = await done("add_tasks", { tasks })
      const added = plan.confirm === null ? plan : await done("add_tasks", { tasks, confirm: plan.confirm.token })
      return added.results
    }
    return { addTasks, assistant: () => assistant, call, done }
  }
  return { ada: () => ada, client: () => client, useAssistant }
}
