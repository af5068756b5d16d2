// The route that runs up to 100 operations in one transaction, each by the statement of the same request on its own.
import { transact } from "./database.mjs"
import { take } from "./limits.mjs"
import { batch, batchAnswer } from "./schemas.mjs"
import { writeOf } from "./tasks.mjs"
import { create, remove, update } from "./writes.mjs"

class Refused extends Error {}

const runOperation = async (write, operation, client) => {
  switch (operation.op) {
    case "create_task":
      return { status: 201, task: await create(write, operation.task, client) }
    case "update_task":
      return {
        status: 200,
        task: (await update(write, operation.task_id, operation.version, operation.task, client))?.task,
      }
    default: {
      const isDone = await remove(write, operation.task_id, client)
      return { status: 204, task: isDone ? null : undefined }
    }
  }
}

const options = {
  bodyLimit: 512 * 1024,
  config: { takesUnitsItself: true },
  schema: { body: batch, response: { 200: batchAnswer } },
}

export const registerBatch = (api) => {
  api.post("/api/v1/batch", options, async (request, reply) => {
    const { operations } = request.body
    await take(reply, "user", request.userId, 1 + Math.ceil(operations.length / 10))
    if (reply.sent) return reply
    const write = await writeOf(request)
    try {
      const results = await transact(async (client) => {
        await client.query({
          name: "lock",
          text: "SELECT FROM change_heads WHERE user_id = $1 FOR UPDATE",
          values: [write.userId],
        })
        const done = []
        for (const [index, operation] of operations.entries()) {
          const { status, task } = await runOperation(write, operation, client)
          if (task === undefined) throw new Refused()
          done.push(task === null ? { index, status } : { index, status, task })
        }
        return done
      })
      reply.header("undo-id", write.batchId)
      return { batch_id: write.batchId, applied: true, results }
    } catch (error) {
      if (error instanceof Refused) return reply.code(409).send({ code: "batch_failed" })
      throw error
    }
  })
}
