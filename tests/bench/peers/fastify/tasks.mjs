// The routes of tasks.
import { run } from "./database.mjs"
import { actorName } from "./identity.mjs"
import { newId } from "./ids.mjs"
import { answer, changed, created, page, pageQuery, params } from "./schemas.mjs"
import * as statements from "./statements.mjs"
import { create, missing, remove, tagOf, toResource, update } from "./writes.mjs"

/** Returns what a write's change says of its request. */
export const writeOf = async ({ id, sessionId, userId }) => ({
  userId,
  sessionId,
  actorName: await actorName({ sessionId, userId }),
  requestId: id,
  batchId: newId(),
})

const refuse = async (reply, taskId) => {
  const { code, status } = await missing(taskId)
  return reply.code(status).send({ code })
}

export const registerTasks = (api) => {
  api.get("/api/v1/tasks/:task_id", { schema: { params, response: { 200: answer } } }, async (request, reply) => {
    const [row] = await run("get", statements.get, [request.userId, request.params.task_id])
    if (row === undefined) return refuse(reply, request.params.task_id)
    const task = toResource(row)
    reply.header("etag", tagOf(task))
    return { task }
  })

  const listOptions = { config: { isTagged: true }, schema: { querystring: pageQuery, response: { 200: page } } }
  api.get("/api/v1/tasks", listOptions, async (request) => {
    const { limit, page } = request.query
    const rows = await run("list", statements.list, [request.userId, limit, (page - 1) * limit])
    return { data: rows.map(toResource), total: rows[0]?.total ?? 0, page, limit }
  })

  api.post("/api/v1/tasks", { schema: { body: created, response: { 201: answer } } }, async (request, reply) => {
    const write = await writeOf(request)
    const task = await create(write, request.body)
    if (task === undefined) return reply.code(400).send({ code: "validation_failed" })
    reply.code(201).header("location", `/api/v1/tasks/${task.id}`).header("etag", tagOf(task))
    reply.header("undo-id", write.batchId)
    return { task }
  })

  const patchOptions = { schema: { params, body: changed, response: { 200: answer } } }
  api.patch("/api/v1/tasks/:task_id", patchOptions, async (request, reply) => {
    const { version, ...changes } = request.body
    const write = await writeOf(request)
    const updated = await update(write, request.params.task_id, version, changes)
    if (updated === undefined) {
      const [row] = await run("get", statements.get, [request.userId, request.params.task_id])
      return row === undefined
        ? refuse(reply, request.params.task_id)
        : reply.code(409).send({ code: "version_conflict", current: toResource(row) })
    }
    reply.header("etag", tagOf(updated.task))
    if (updated.isChanged) reply.header("undo-id", write.batchId)
    return { task: updated.task }
  })

  api.delete("/api/v1/tasks/:task_id", { schema: { params } }, async (request, reply) => {
    const write = await writeOf(request)
    if (!(await remove(write, request.params.task_id))) return refuse(reply, request.params.task_id)
    reply.header("undo-id", write.batchId)
    return reply.code(204).send()
  })
}
