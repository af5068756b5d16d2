/** A user's program on the types that `openapi-typescript` generates from the OpenAPI document. */
import createClient from "openapi-fetch"
import type { components, paths } from "./generated/schema.ts"

const api = createClient<paths>({ baseUrl: process.env["TASKWRIGHT_URL"] ?? "" })
const account = { email: "openapi-fetch@example.com", password: "Correct Horse 1", full_name: "Ada Lovelace" }

const registered = await api.POST("/api/v1/auth/register", { body: account })
if (registered.error) throw new Error(registered.error.code)
const token: string = registered.data.access_token
api.use({
  onRequest: ({ request }) => {
    request.headers.set("authorization", `Bearer ${token}`)
  },
})

const again = await api.POST("/api/v1/auth/register", { body: account })
if (again.error?.code !== "email_taken") throw new Error("the address was given twice")

const created = await api.POST("/api/v1/tasks", {
  body: { title: "Buy milk", priority: "high", due_date: "2030-12-24T18:00:00Z", description: null },
})
if (created.error) throw new Error(created.error.detail)
const task: components["schemas"]["Task"] = created.data.task

const listed = await api.GET("/api/v1/tasks", {
  params: {
    query: { page: 1, limit: 10, priority: ["high"], due_to: "2031-01-01T00:00:00Z", sort: "due_date", order: "asc" },
  },
})
if (listed.error) throw new Error(listed.error.detail)
if (!("total" in listed.data)) throw new Error("a page by its number has a total")

const byCursor = await api.GET("/api/v1/tasks", { params: { query: { cursor: "", limit: 200 } } })
if (byCursor.error) throw new Error(byCursor.error.detail)
if (!("next_cursor" in byCursor.data)) throw new Error("a page by cursor has the next cursor")
const next: string | null = byCursor.data.next_cursor

const params = { path: { task_id: task.id } }
const changed = await api.PATCH("/api/v1/tasks/{task_id}", {
  params,
  body: { version: task.version, status: "completed" },
})
if (changed.error) throw new Error(changed.error.detail)

/** Changes the task. After a conflict, changes the version that the other caller stored. */
const rename = async (title: string, version: number): Promise<components["schemas"]["Task"]> => {
  const { data, error } = await api.PATCH("/api/v1/tasks/{task_id}", { params, body: { version, title } })
  if (data) return data.task
  if (error.code === "version_conflict" && error.current.status === "completed")
    return rename(title, error.current_version)
  if (error.code === "validation_failed") throw new Error(error.errors.map(({ path }) => path).join())
  throw new Error(error.detail)
}
const renamed = await rename("Buy oat milk", task.version)

// @ts-expect-error: there is no such priority
await api.GET("/api/v1/tasks", { params: { query: { priority: ["urgent"] } } })

const deleted = await api.DELETE("/api/v1/tasks/{task_id}", { params })
const gone = await api.GET("/api/v1/tasks/{task_id}", { params })
console.log(
  JSON.stringify({
    total: listed.data.total,
    next,
    title: renamed.title,
    version: renamed.version,
    deleted: deleted.response.status,
    gone: gone.error?.code,
  }),
)
