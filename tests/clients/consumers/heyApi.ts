/** A user's program on the client that `@hey-api/openapi-ts` generates from the OpenAPI document. */
import { client } from "./generated/client.gen"
import { createTask, deleteTask, getTask, listTasks, register, updateTask } from "./generated/sdk.gen"
import type { Task } from "./generated/types.gen"

let token = ""
client.setConfig({ baseUrl: process.env["TASKWRIGHT_URL"] ?? "", auth: () => token })
const account = { email: "hey-api@example.com", password: "Correct Horse 1", full_name: "Ada Lovelace" }

const registered = await register({ body: account, throwOnError: true })
token = registered.data.access_token

const again = await register({ body: account })
if (again.error?.code !== "email_taken") throw new Error("the address was given twice")

const created = await createTask({
  body: { title: "Buy milk", priority: "high", due_date: "2030-12-24T18:00:00Z", description: null },
})
if (created.data === undefined) throw new Error(created.error.detail)
const task: Task = created.data.task

const listed = await listTasks({
  query: { page: 1, limit: 10, priority: ["high"], due_to: "2031-01-01T00:00:00Z", sort: "due_date", order: "asc" },
  throwOnError: true,
})
if (!("total" in listed.data)) throw new Error("a page by its number has a total")

const byCursor = await listTasks({ query: { cursor: "", limit: 200 }, throwOnError: true })
if (!("next_cursor" in byCursor.data)) throw new Error("a page by cursor has the next cursor")
const next: string | null = byCursor.data.next_cursor

const path = { task_id: task.id }
await updateTask({ path, body: { version: task.version, status: "completed" }, throwOnError: true })

/** Changes the task. After a conflict, changes the version that the other caller stored. */
const rename = async (title: string, version: number): Promise<Task> => {
  const { data, error } = await updateTask({ path, body: { version, title } })
  if (data !== undefined) return data.task
  if (error.code === "version_conflict" && error.current.status === "completed")
    return rename(title, error.current_version)
  if (error.code === "validation_failed") throw new Error(error.errors.map(({ path }) => path).join())
  throw new Error(error.detail)
}
const renamed = await rename("Buy oat milk", task.version)

// @ts-expect-error: there is no such priority
await listTasks({ query: { priority: ["urgent"] } })

const deleted = await deleteTask({ path })
const gone = await getTask({ path })
console.log(
  JSON.stringify({
    total: listed.data.total,
    next,
    title: renamed.title,
    version: renamed.version,
    deleted: deleted.response?.status,
    gone: gone.error?.code,
  }),
)
