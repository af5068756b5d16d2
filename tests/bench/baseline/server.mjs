// The yardstick of `compare.ts`: four calls of the API, written by hand on Fastify and pg, with nothing between the
// route and its statement. It checks the same fields, answers the same JSON and headers, verifies the same tokens (with
// a cache), limits in a map, and logs a line a request, as anybody would who had only these four to write.
import { createPrivateKey, createPublicKey, randomUUID } from "node:crypto"
import Fastify, { LogController } from "fastify"
import { jwtVerify } from "jose"
import pg from "pg"

const { DATABASE_URL, HOST, JWT_AUDIENCE, JWT_ISSUER, JWT_PRIVATE_KEYS, PORT, RATE_LIMIT_USER } = process.env

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 })
const key = await createPublicKey(createPrivateKey(JWT_PRIVATE_KEYS)).toCryptoKey("Ed25519", true, ["verify"])

const columns = `id, user_id, title, description, status, priority, due_date, version, created_at, updated_at, (
    SELECT json_agg(json_build_object('id', category.id, 'user_id', category.user_id, 'name', category.name,
      'color', category.color, 'created_at',
      to_char(category.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY category.name)
    FROM task_categories AS assignment
    JOIN categories AS category ON category.user_id = assignment.user_id AND category.id = assignment.category_id
    WHERE assignment.user_id = tasks.user_id AND assignment.task_id = tasks.id
  ) AS categories`

const toResource = (row) => ({ ...row, categories: row.categories ?? [] })

const run = async (name, text, values) => (await pool.query({ name, text, values })).rows

const identities = new Map()

const identify = async (request, reply) => {
  const token = request.headers.authorization?.slice("Bearer ".length)
  if (token === undefined) return reply.code(401).send({ code: "unauthorized" })
  let known = identities.get(token)
  if (known === undefined || known.expiresAt <= Date.now()) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ["EdDSA"],
        issuer: JWT_ISSUER,
        audience: JWT_AUDIENCE,
        requiredClaims: ["exp", "sub", "sid"],
      })
      known = { userId: payload.sub, expiresAt: payload.exp * 1000 }
      identities.set(token, known)
    } catch {
      return reply.code(401).send({ code: "unauthorized" })
    }
  }
  request.userId = known.userId
}

const windowMillis = 60_000
const limit = Number(RATE_LIMIT_USER ?? 100)
const windows = new Map()

const takeQuota = async (request, reply) => {
  const now = Date.now()
  const times = windows.get(request.userId) ?? { at: [], first: 0 }
  windows.set(request.userId, times)
  while (times.first < times.at.length && times.at[times.first] <= now - windowMillis) times.first++
  if (times.first > 1000) {
    times.at.splice(0, times.first)
    times.first = 0
  }
  const used = times.at.length - times.first
  if (used < limit) times.at.push(now)
  const remaining = Math.max(0, limit - used - 1)
  const reset = Math.ceil(((times.at[times.first] ?? now) + windowMillis - now) / 1000)
  reply.header("ratelimit-policy", `"user";q=${limit};w=60`)
  reply.header("ratelimit", `"user";r=${remaining};t=${reset}`)
  reply.header("ratelimit-limit", String(limit))
  reply.header("ratelimit-remaining", String(remaining))
  reply.header("ratelimit-reset", String(reset))
  if (used >= limit) return reply.code(429).send({ code: "rate_limited" })
}

const uuid = { type: "string", pattern: "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$" }
const text = { type: "string" }
const nullableText = { type: ["string", "null"] }
const time = { type: "string", format: "date-time" }
const priority = { type: "string", enum: ["low", "medium", "high"] }
const status = { type: "string", enum: ["pending", "in_progress", "completed"] }
const fields = {
  title: { type: "string", minLength: 3, maxLength: 200 },
  description: { type: ["string", "null"], maxLength: 2000 },
  due_date: { anyOf: [{ type: "null" }, time] },
  priority,
}
const params = { type: "object", properties: { task_id: uuid }, required: ["task_id"] }
const category = {
  type: "object",
  properties: { id: text, user_id: text, name: text, color: nullableText, created_at: text },
}
const task = {
  type: "object",
  properties: {
    id: text,
    user_id: text,
    title: text,
    description: nullableText,
    status: text,
    priority: text,
    due_date: { anyOf: [{ type: "null" }, time] },
    categories: { type: "array", items: category },
    version: { type: "integer" },
    created_at: time,
    updated_at: time,
  },
}
const answer = { type: "object", properties: { task } }
const page = {
  type: "object",
  properties: {
    data: { type: "array", items: task },
    total: { type: "integer" },
    page: { type: "integer" },
    limit: { type: "integer" },
  },
}

const app = Fastify({
  logger: true,
  logController: new LogController({ disableRequestLogging: true }),
  genReqId: (request) => request.headers["x-request-id"] ?? randomUUID(),
  bodyLimit: 64 * 1024,
  ajv: { customOptions: { removeAdditional: false } },
})

app.addHook("onRequest", async (request, reply) => {
  reply.header("x-request-id", request.id)
  reply.header("x-content-type-options", "nosniff")
  reply.header("cache-control", "private, no-cache")
  reply.header("vary", "Authorization")
})
app.addHook("onResponse", async (request, reply) => {
  const { method, routeOptions, userId } = request
  request.log.info(
    { method, route: routeOptions.url, status: reply.statusCode, duration_ms: reply.elapsedTime, user_id: userId },
    "request",
  )
})

app.get("/health/ready", async () => {
  await pool.query("SELECT 1")
  return { status: "ok" }
})

app.register(async (api) => {
  api.addHook("onRequest", identify)
  api.addHook("onRequest", takeQuota)

  api.get("/api/v1/tasks/:task_id", { schema: { params, response: { 200: answer } } }, async (request, reply) => {
    const [row] = await run(
      "get",
      `SELECT ${columns} FROM tasks WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`,
      [request.userId, request.params.task_id],
    )
    if (row === undefined) return reply.code(404).send({ code: "task_not_found" })
    reply.header("etag", `"${row.version}"`)
    return { task: toResource(row) }
  })

  const query = {
    type: "object",
    additionalProperties: false,
    properties: {
      page: { type: "integer", minimum: 1, default: 1 },
      limit: { type: "integer", minimum: 1, maximum: 100, default: 20 },
    },
  }
  api.get("/api/v1/tasks", { schema: { querystring: query, response: { 200: page } } }, async (request) => {
    const { limit, page } = request.query
    const rows = await run(
      "list",
      `SELECT ${columns}, (SELECT count(*)::int FROM tasks WHERE user_id = $1 AND deleted_at IS NULL) AS total
       FROM tasks WHERE user_id = $1 AND deleted_at IS NULL
       ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3`,
      [request.userId, limit, (page - 1) * limit],
    )
    return { data: rows.map(toResource), total: rows[0]?.total ?? 0, page, limit }
  })

  const created = { type: "object", additionalProperties: false, required: ["title"], properties: fields }
  api.post("/api/v1/tasks", { schema: { body: created, response: { 201: answer } } }, async (request, reply) => {
    const { description = null, due_date = null, priority = "medium", title } = request.body
    if (due_date !== null && Date.parse(due_date) <= Date.now())
      return reply.code(400).send({ code: "validation_failed" })
    const [row] = await run(
      "create",
      `INSERT INTO tasks (user_id, id, title, description, status, priority, due_date, version, created_at, updated_at)
       VALUES ($1, $2, $3, $4, 'pending', $5, $6, 1, now(), now())
       RETURNING id, user_id, title, description, status, priority, due_date, version, created_at, updated_at`,
      [request.userId, randomUUID(), title.trim(), description, priority, due_date],
    )
    reply.code(201).header("location", `/api/v1/tasks/${row.id}`).header("etag", '"1"')
    return { task: toResource(row) }
  })

  const changed = {
    type: "object",
    additionalProperties: false,
    required: ["version"],
    properties: { version: { type: "integer", minimum: 1 }, status, ...fields },
  }
  api.patch(
    "/api/v1/tasks/:task_id",
    { schema: { params, body: changed, response: { 200: answer } } },
    async (request, reply) => {
      const { version, ...changes } = request.body
      const names = Object.keys(changes).filter((name) => name in fields || name === "status")
      const [row] = await run(
        `patch ${names.join()}`,
        `UPDATE tasks SET version = version + 1, updated_at = now()${names.map((name, n) => `, ${name} = $${n + 4}`).join("")}
         WHERE user_id = $1 AND id = $2 AND version = $3 AND deleted_at IS NULL RETURNING ${columns}`,
        [request.userId, request.params.task_id, version, ...names.map((name) => changes[name])],
      )
      if (row === undefined) return reply.code(409).send({ code: "version_conflict" })
      reply.header("etag", `"${row.version}"`)
      return { task: toResource(row) }
    },
  )
})

process.once("SIGTERM", async () => {
  await app.close()
  await pool.end()
})
await app.listen({ host: HOST, port: Number(PORT) })
