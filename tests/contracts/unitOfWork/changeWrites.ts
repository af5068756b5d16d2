/** The writes of an undo, and of the records of idempotency keys. */
import { Effect } from "effect"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { IdempotencyRecords } from "../../../application/changes/IdempotencyRecords.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { at, keepTask, keepUser, makeRecord, newChangeId } from "../../support/entities.ts"
import type { Methods } from "./PreparedWrite.ts"

export const changeRepository: Methods<ChangeRepository["Service"]> = {
  ends: "read",
  readAfter: "read",
  latestOf: "read",
  readBefore: "read",
  readSinceVersion: "read",
  readTarget: "read",
  readFrom: "read",
  presentStates: "read",
  lock: "read",
  carryOut: Effect.gen(function* () {
    const changes = yield* ChangeRepository
    const tasks = yield* TaskRepository
    const { id, userId } = yield* keepTask(yield* keepUser)
    const patch = { title: TaskTitle.make("Put back") }
    const step = { entity: "task", entityId: id, undoes: newChangeId(), op: "updated", patch } as const
    return {
      write: Effect.andThen(changes.lock(userId), changes.carryOut(userId, [step], at(1))),
      look: Effect.all([tasks.get(userId, id), changes.ends(userId)]),
    }
  }),
}

export const idempotencyRecords: Methods<IdempotencyRecords["Service"]> = {
  get: "read",
  insert: Effect.gen(function* () {
    const records = yield* IdempotencyRecords
    const userId = yield* keepUser
    const record = makeRecord()
    return { write: records.insert(userId, record), look: records.get(userId, record.key) }
  }),
  removeExpired: Effect.gen(function* () {
    const records = yield* IdempotencyRecords
    const userId = yield* keepUser
    const record = makeRecord({ at: at(0) })
    yield* records.insert(userId, record)
    return { write: records.removeExpired(userId, record.key, at(1)), look: records.get(userId, record.key) }
  }),
}
