// The writes of tasks, alone or within a batch. Each records its change.
import { hash } from "node:crypto"
import { run } from "./database.mjs"
import { newId } from "./ids.mjs"
import * as statements from "./statements.mjs"

export const toResource = (row) => ({ ...row, categories: row.categories ?? [] })

export const tagOf = ({ categories, version }) =>
  categories.length === 0
    ? `"${version}"`
    : `"${version}.${hash("sha256", JSON.stringify(categories), "base64url").slice(0, 16)}"`

const changeOf = ({ actorName, batchId, requestId, sessionId }, at, after) =>
  JSON.stringify({
    id: newId(),
    at,
    after,
    actor_id: sessionId,
    actor_name: actorName,
    request_id: requestId,
    batch_id: batchId,
  })

const toIso = (time) => (time === null ? null : new Date(time).toISOString())

/** Returns the new task, or undefined if its due date has passed. */
export const create = async (write, fields, client) => {
  const { description = null, priority = "medium", title } = fields
  const due = toIso(fields.due_date ?? null)
  const at = new Date().toISOString()
  if (due !== null && due <= at) return undefined
  const after = { title: title.trim(), description, status: "pending", priority, due_date: due, category_ids: [] }
  const change = changeOf(write, at, after)
  const values = [write.userId, newId(), change, after.title, description, priority, due, at]
  const [row] = await run("create", statements.create, values, client)
  return toResource(row)
}

const updates = new Map()
const names = ["title", "description", "status", "priority", "due_date"]

/** Returns the task and whether it was changed, or undefined if the caller does not have a task of that version. */
export const update = async (write, taskId, version, changes, client) => {
  const changed = names.filter((name) => name in changes)
  const key = `update ${changed.join()}`
  if (!updates.has(key)) updates.set(key, statements.update(changed))
  const at = new Date().toISOString()
  const values = changed.map((name) => (name === "due_date" ? toIso(changes[name]) : changes[name]))
  const [row] = await run(
    key,
    updates.get(key),
    [write.userId, taskId, changeOf(write, at), version, at, ...values],
    client,
  )
  if (row !== undefined) return { task: toResource(row), isChanged: true }
  // Nothing differs, or the task is not there, or it has another version.
  const [present] = await run("get", statements.get, [write.userId, taskId], client)
  return present?.version === version ? { task: toResource(present), isChanged: false } : undefined
}

/** Returns the refusal of a task that the caller does not have: it is another user's, or there is none. */
export const missing = async (taskId) => {
  const [row] = await run("exists", "SELECT EXISTS (SELECT FROM tasks WHERE id = $1 AND deleted_at IS NULL)", [taskId])
  return row.exists ? { status: 403, code: "not_owner" } : { status: 404, code: "task_not_found" }
}

/** Returns whether there was such a task. */
export const remove = async (write, taskId, client) => {
  const at = new Date().toISOString()
  const rows = await run("delete", statements.remove, [write.userId, taskId, changeOf(write, at), at], client)
  return rows.length > 0
}
