// The route of the change feed: a page of a user's history after a cursor, with the newest state of each task.
import { run } from "./database.mjs"
import { changesPage, changesQuery } from "./schemas.mjs"
import { categories, columns } from "./statements.mjs"

const fields = ["title", "description", "status", "priority", "due_date", "category_ids"]

const fnv1a = (text) => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

const cursorOf = (seq, mark) => `${seq.toString(36)}-${mark.toString(16).padStart(8, "0")}`

const iso = (column) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
const members = columns
  .split(", ")
  .map((column) => {
    const name = column.slice("tasks.".length)
    return `'${name}', ${/_at$|_date$/.test(name) ? iso(column) : column}`
  })
  .join(", ")

const text = `WITH head AS MATERIALIZED (
    SELECT seq, floor, floor_id, coalesce($2::bigint, floor) AS place FROM change_heads WHERE user_id = $1
  ), page AS MATERIALIZED (
    SELECT changes.* FROM changes, head WHERE changes.user_id = $1 AND changes.seq > head.place
    ORDER BY changes.seq LIMIT $3
  )
  SELECT head.seq::float8 AS head, head.floor::float8 AS floor, head.floor_id,
    (SELECT id FROM changes WHERE user_id = $1 AND seq = head.place) AS place_id, page.seq::float8 AS seq, page.id,
    page.at, page.entity_id, page.op, page.version, page.before, page.after, page.actor_kind, page.actor_id,
    page.actor_name, page.request_id, page.batch_id, page.undoes,
    CASE WHEN row_number() OVER (PARTITION BY page.entity_id ORDER BY page.seq DESC) = 1 THEN (
      SELECT json_build_object(${members}, 'categories', ${categories.replace(" AS categories", "")})
      FROM tasks WHERE user_id = $1 AND id = page.entity_id AND deleted_at IS NULL
    ) END AS task
  FROM head LEFT JOIN page ON true ORDER BY page.seq`

const fieldChanges = ({ after, before }) =>
  fields.flatMap((field) => {
    const [from, to] = [before?.[field] ?? null, after?.[field] ?? null]
    return from === null && to === null ? [] : [{ field, from, to }]
  })

const toChange = (row, tasks) => ({
  id: row.id,
  cursor: cursorOf(row.seq, fnv1a(row.id)),
  at: row.at,
  type: `task.${row.op}`,
  task_id: row.entity_id,
  version: row.version,
  changes: fieldChanges(row),
  actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
  request_id: row.request_id,
  batch_id: row.batch_id,
  undoes: row.undoes,
  task: tasks.get(row.entity_id) ?? null,
})

/** Returns the place of a cursor, or null if it is of another history or before its beginning. */
const resume = (cursor, { floor, floor_id, head, place_id }) => {
  const seq = Number.parseInt(cursor.split("-")[0], 36)
  const id = seq === floor ? floor_id : place_id
  const mark = id === null ? (seq === 0 ? 0 : null) : fnv1a(id)
  return seq <= head && seq >= floor && mark !== null && cursorOf(seq, mark) === cursor ? seq : null
}

export const registerChanges = (api) => {
  const schema = { querystring: changesQuery, response: { 200: changesPage } }
  api.get("/api/v1/changes", { schema }, async (request, reply) => {
    const { limit, since } = request.query
    const place = since === undefined ? null : Number.parseInt(since.split("-")[0], 36)
    const rows = await run("changes", text, [request.userId, place, limit + 1])
    const [first] = rows
    if (since !== undefined && resume(since, first) === null) return reply.code(410).send({ code: "cursor_reset" })
    const all = rows.filter(({ seq }) => seq !== null)
    const page = all.slice(0, limit)
    const tasks = new Map(all.flatMap(({ entity_id, task }) => (task === null ? [] : [[entity_id, task]])))
    const data = page.map((row) => toChange(row, tasks))
    const start = since ?? cursorOf(first.floor, first.floor_id === null ? 0 : fnv1a(first.floor_id))
    return { data, next_cursor: data.at(-1)?.cursor ?? start, has_more: all.length > limit }
  })
}
