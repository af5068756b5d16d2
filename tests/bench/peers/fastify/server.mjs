// The peer of the benchmark that is written by hand: Fastify and pg, with nothing between the route and its statement.
// It has the same contract for the calls that are measured: the same JSON and headers, tokens, limits, history and log.
import { hash, randomUUID } from "node:crypto"
import Fastify, { LogController } from "fastify"
import { registerBatch } from "./batch.mjs"
import { registerChanges } from "./changes.mjs"
import { pool } from "./database.mjs"
import { identify, requireVerified } from "./identity.mjs"
import { closeLimits, takeQuota } from "./limits.mjs"
import { registerLogin } from "./login.mjs"
import { registerTasks } from "./tasks.mjs"

const { HOST, PORT } = process.env

const app = Fastify({
  logger: true,
  logController: new LogController({ disableRequestLogging: true }),
  genReqId: (request) => request.headers["x-request-id"] ?? randomUUID(),
  bodyLimit: 64 * 1024,
  ajv: { customOptions: { removeAdditional: false } },
})

app.decorateRequest("userId", null)
app.decorateRequest("sessionId", null)

app.addHook("onRequest", async (request, reply) => {
  reply.header("x-request-id", request.id)
  reply.header("x-content-type-options", "nosniff")
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

const addCacheHeaders = async (_request, reply) => {
  reply.header("cache-control", "private, no-cache")
  reply.header("vary", "Authorization")
}

/** Tags a response that has no tag, and answers 304 if the caller has it. */
const addTag = async (request, reply, payload) => {
  if (request.method !== "GET" || reply.statusCode !== 200) return payload
  let tag = reply.getHeader("etag")
  if (tag === undefined && request.routeOptions.config.isTagged === true) {
    tag = `"${hash("sha256", payload, "base64url").slice(0, 16)}"`
    reply.header("etag", tag)
  }
  if (tag === undefined || request.headers["if-none-match"] !== tag) return payload
  reply.code(304)
  return ""
}

app.register(async (api) => {
  api.addHook("onRequest", addCacheHeaders)
  api.addHook("onRequest", identify)
  api.addHook("onRequest", takeQuota)
  api.addHook("onRequest", requireVerified)
  api.addHook("onSend", addTag)
  registerTasks(api)
  registerChanges(api)
  registerBatch(api)
})
app.register(async (api) => registerLogin(api))

process.once("SIGTERM", async () => {
  await app.close()
  await closeLimits()
  await pool.end()
})
await app.listen({ host: HOST, port: Number(PORT) })
