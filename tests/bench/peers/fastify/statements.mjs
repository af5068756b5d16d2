// The statements of tasks. Each write locks the end of the user's history, writes, takes the next number and records the
// change, in one round trip. `$1` is the user, `$2` the task and `$3` the change as JSON.
const iso = (column) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

export const columns =
  "tasks.id, tasks.user_id, tasks.title, tasks.description, tasks.status, tasks.priority, tasks.due_date, tasks.version, tasks.created_at, tasks.updated_at"

export const categories = `(
    SELECT json_agg(json_build_object('id', category.id, 'user_id', category.user_id, 'name', category.name,
      'color', category.color, 'version', category.version, 'created_at', ${iso("category.created_at")},
      'updated_at', ${iso("category.updated_at")}) ORDER BY category.name)
    FROM task_categories AS assignment
    JOIN categories AS category ON category.user_id = assignment.user_id AND category.id = assignment.category_id
    WHERE assignment.user_id = tasks.user_id AND assignment.task_id = tasks.id AND category.deleted_at IS NULL
  ) AS categories`

export const get = `SELECT ${columns}, ${categories} FROM tasks WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`

export const list = `SELECT ${columns}, ${categories},
    (SELECT count(*)::int FROM tasks WHERE user_id = $1 AND deleted_at IS NULL) AS total
  FROM tasks WHERE user_id = $1 AND deleted_at IS NULL
  ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3`

const head = "head AS MATERIALIZED (SELECT user_id FROM change_heads WHERE user_id = $1 FOR UPDATE)"
const next = `next AS (
    UPDATE change_heads SET seq = seq + 1 FROM written WHERE change_heads.user_id = $1 RETURNING seq
  )`

const record = (op, before, after) => `recorded AS (
    INSERT INTO changes (user_id, seq, id, at, entity, entity_id, op, version, before, after, actor_kind, actor_id,
      actor_name, request_id, batch_id)
    SELECT $1, next.seq, change.id, change.at, 'task', written.id, '${op}', written.version, ${before}, ${after},
      'session', change.actor_id, change.actor_name, change.request_id, change.batch_id
    FROM next, written, jsonb_to_record($3::jsonb) AS change (id uuid, at timestamptz, after jsonb, actor_id uuid,
      actor_name text, request_id text, batch_id uuid)
  )`

export const create = `WITH next AS (
    UPDATE change_heads SET seq = seq + 1 WHERE user_id = $1 RETURNING user_id, seq
  ), written AS (
    INSERT INTO tasks (user_id, id, title, description, status, priority, due_date, version, created_at, updated_at)
    SELECT user_id, $2::uuid, $4::text, $5::text, 'pending', $6::task_priority, $7::timestamptz, 1, $8::timestamptz,
      $8::timestamptz
    FROM next RETURNING *
  ), ${record("created", "NULL", "change.after")}
  SELECT ${columns.replaceAll("tasks.", "written.")} FROM written`

const differs = (name, index) => `${name} IS DISTINCT FROM $${index}`
const valuesOf = (names, value) =>
  names
    .map(
      (name, at) =>
        `CASE WHEN old.${differs(name, at + 6)} THEN jsonb_build_object('${name}', ${value(name, at)}) ELSE '{}' END`,
    )
    .join(" || ")
const inJson = (name, value) => (name === "due_date" ? iso(value) : value)

/** Returns the statement that sets those columns, if the task has the version `$4`. Writes nothing if none differs. */
export const update = (names) => `WITH ${head}, old AS MATERIALIZED (
    SELECT tasks.* FROM tasks, head
    WHERE tasks.user_id = head.user_id AND tasks.id = $2 AND tasks.version = $4 AND tasks.deleted_at IS NULL
      AND (${names.map((name, at) => `tasks.${differs(name, at + 6)}`).join(" OR ")})
    FOR UPDATE OF tasks
  ), written AS (
    UPDATE tasks SET version = tasks.version + 1, updated_at = $5::timestamptz,
      ${names.map((name, at) => `${name} = $${at + 6}`).join(", ")}
    FROM old WHERE tasks.user_id = $1 AND tasks.id = old.id RETURNING tasks.*
  ), ${next}, ${record(
    "updated",
    `(SELECT ${valuesOf(names, (name) => inJson(name, `old.${name}`))} FROM old)`,
    `(SELECT ${valuesOf(names, (name) => inJson(name, `written.${name}`))} FROM old, written)`,
  )}
  SELECT ${columns}, ${categories} FROM written AS tasks`

export const remove = `WITH ${head}, written AS (
    UPDATE tasks SET deleted_at = $4 FROM head
    WHERE tasks.user_id = head.user_id AND tasks.id = $2 AND tasks.deleted_at IS NULL RETURNING tasks.id, tasks.version
  ), ${next}, ${record("deleted", "NULL", "NULL")}
  SELECT id FROM written`
