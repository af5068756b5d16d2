/** The JSON of responses, their tags, and the cursors of changes. */
import { createHash, randomUUID } from "node:crypto"
import type { Category, Change, Task } from "./entities.js"

export const newId = (): string => {
  const time = Date.now().toString(16).padStart(12, "0")
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

const toCategory = ({ color, created_at, id, name, updated_at, user_id, version }: Category) => ({
  id,
  user_id,
  name,
  color,
  version,
  created_at,
  updated_at,
})

export const toTask = (task: Task) => ({
  id: task.id,
  user_id: task.user_id,
  title: task.title,
  description: task.description,
  status: task.status,
  priority: task.priority,
  due_date: task.due_date,
  categories: (task.categories ?? []).sort((one, other) => (one.name < other.name ? -1 : 1)).map(toCategory),
  version: task.version,
  created_at: task.created_at,
  updated_at: task.updated_at,
})

export const hashTag = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 16)

export const tagOf = ({ categories, version }: ReturnType<typeof toTask>): string =>
  categories.length === 0 ? `"${version}"` : `"${version}.${hashTag(JSON.stringify(categories))}"`

const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** The mark of the place before the first change is 0. */
export const cursorOf = (seq: number, id: string | null): string =>
  `${seq.toString(36)}-${(id === null ? 0 : fnv1a(id)).toString(16).padStart(8, "0")}`

const fields = ["title", "description", "status", "priority", "due_date", "category_ids"]

const fieldChanges = ({ after, before }: Change) =>
  fields.flatMap((field) => {
    const [from, to] = [before?.[field] ?? null, after?.[field] ?? null]
    return from === null && to === null ? [] : [{ field, from, to }]
  })

export const toChange = (change: Change, task: ReturnType<typeof toTask> | null) => ({
  id: change.id,
  cursor: cursorOf(Number(change.seq), change.id),
  at: change.at,
  type: `task.${change.op}`,
  task_id: change.entity_id,
  version: change.version,
  changes: fieldChanges(change),
  actor: { kind: change.actor_kind, id: change.actor_id, name: change.actor_name },
  request_id: change.request_id,
  batch_id: change.batch_id,
  undoes: change.undoes,
  task,
})
