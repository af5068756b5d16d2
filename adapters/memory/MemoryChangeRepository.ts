/** Implements `ChangeRepository` on the memory store. */
import { Effect, Layer, Result } from "effect"
import { type ChangeLogEnds, ChangeRepository } from "../../application/changes/ChangeRepository.ts"
import { CurrentMutation } from "../../application/changes/Mutation.ts"
import { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Category } from "../../domain/categories/Category.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import type { Change, SequenceNumber } from "../../domain/changes/Change.ts"
import type { ChangeFilter } from "../../domain/changes/ChangeFilter.ts"
import { selects } from "../../domain/changes/Undo.ts"
import type { UndoTarget } from "../../domain/changes/UndoPlan.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import * as MemoryChangeLog from "./MemoryChangeLog.ts"
import { recordedWrites } from "./MemoryRecordedWrite.ts"
import { livingCategory, livingTask, toTask } from "./MemoryRows.ts"
import { MemoryStore, rowsOf, type UserRows } from "./MemoryStore.ts"
import { carryOut, presentStates } from "./MemoryUndoSteps.ts"

type ChangeLog = MemoryChangeLog.ChangeLog

/** Returns the first changes that pass the test. */
const take = (changes: Iterable<Change>, limit: number, test: (change: Change) => boolean): ReadonlyArray<Change> => {
  const taken: Array<Change> = []
  if (limit <= 0) return taken
  for (const change of changes) {
    if (!test(change)) continue
    taken.push(change)
    if (taken.length >= limit) break
  }
  return taken
}

/** Returns the changes until the first that the test refuses. */
const takeWhile = (changes: Iterable<Change>, test: (change: Change) => boolean): ReadonlyArray<Change> => {
  const taken: Array<Change> = []
  for (const change of changes) {
    if (!test(change)) break
    taken.push(change)
  }
  return taken
}

const bySeq = (one: Change, other: Change): number => one.seq - other.seq

const endsOf = (log: ChangeLog): ChangeLogEnds => ({
  oldest: { seq: log.floor, mark: log.floorMark },
  latest: MemoryChangeLog.latest(log),
})

/** Returns the changes among which the filter's are, the newest first: as few as an index finds. */
const candidates = (log: ChangeLog, { batchId, entityId }: ChangeFilter, before: SequenceNumber | null) => {
  if (entityId !== undefined) return MemoryChangeLog.ofEntity(log, entityId)
  if (batchId !== undefined) return MemoryChangeLog.ofBatch(log, batchId)
  return MemoryChangeLog.before(log, before)
}

const matches =
  ({ actorId, batchId, entityId }: ChangeFilter, before: SequenceNumber | null) =>
  ({ actor, batchId: batch, entityId: entity, seq }: Change): boolean =>
    (before === null || seq < before) &&
    (entityId === undefined || entity === entityId) &&
    (actorId === undefined || actor.id === actorId) &&
    (batchId === undefined || batch === batchId)

const targets = (log: ChangeLog, target: UndoTarget): Iterable<Change> => {
  switch (target._tag) {
    case "OneChange": {
      const change = MemoryChangeLog.findById(log, target.changeId)
      return change === undefined ? [] : [change]
    }
    case "Batch":
      return [...MemoryChangeLog.ofBatch(log, target.batchId)].reverse()
    case "SinceTime":
      return MemoryChangeLog.after(log, log.floor)
  }
}

/** Returns the present tasks and categories that the changes name, without deleted ones. */
const subjectsOf = (rows: UserRows, changes: ReadonlyArray<Change>) => {
  const tasks = new Map<TaskId, Task>()
  const categories = new Map<CategoryId, Category>()
  for (const change of changes) {
    if (change.entity === "task") {
      const row = tasks.has(change.entityId) ? undefined : livingTask(rows, change.entityId)
      if (row !== undefined) tasks.set(change.entityId, toTask(rows, row))
    } else {
      const row = livingCategory(rows, change.entityId)
      if (row !== undefined) categories.set(change.entityId, row.category)
    }
  }
  return { tasks, categories }
}

/** The history of each user in the memory store. */
export const layer: Layer.Layer<ChangeRepository, never, MemoryStore> = Layer.effect(
  ChangeRepository,
  Effect.gen(function* () {
    const store = yield* MemoryStore
    const write = recordedWrites(store)

    const readRows = <A>(userId: UserId, query: (rows: UserRows) => A): Effect.Effect<A, AccountNotFound> =>
      store.read((state) => {
        const rows = rowsOf(state, userId)
        return rows === undefined ? Effect.fail(new AccountNotFound({ userId })) : Effect.succeed(query(rows))
      })

    /** A user without an account has no changes. */
    const readLog = (userId: UserId, query: (log: ChangeLog) => ReadonlyArray<Change>) =>
      store.read((state) => Effect.succeed(query(rowsOf(state, userId)?.changes ?? MemoryChangeLog.empty)))

    return ChangeRepository.of({
      ends: (userId) => readRows(userId, ({ changes }) => endsOf(changes)),

      readAfter: (userId, after, entities, limit) =>
        readRows(userId, (rows) => {
          const { changes: log } = rows
          const place = after ?? log.floor
          const changes = take(MemoryChangeLog.after(log, place), limit, ({ entity }) => entities.includes(entity))
          const { floor, floorMark, head } = log
          const rowAt = MemoryChangeLog.changeAt(log, place)?.id ?? null
          return { ...endsOf(log), bounds: { head, floor, floorMark, rowAt }, changes, ...subjectsOf(rows, changes) }
        }),

      latestOf: (userIds) =>
        store.read((state) =>
          Effect.succeed(
            new Map(
              userIds.flatMap((userId) => {
                const rows = rowsOf(state, userId)
                return rows === undefined ? [] : [[userId, rows.changes.head] as const]
              }),
            ),
          ),
        ),

      readBefore: (userId, filter, before, limit) =>
        readLog(userId, (log) => take(candidates(log, filter, before), limit, matches(filter, before))),

      // Versions only rise, so all changes to higher ones are newer than the first that is not.
      readSinceVersion: (userId, entityId, version, limit) =>
        readLog(userId, (log) => {
          const isNewer = (change: Change) => change.version === null || change.version > version
          const newer = takeWhile(MemoryChangeLog.ofEntity(log, entityId), isNewer)
          return newer
            .filter((change) => change.version !== null)
            .toReversed()
            .slice(0, limit)
        }),

      readTarget: (userId, target, limit) =>
        readLog(userId, (log) => take(targets(log, target), limit, selects(target))),

      readFrom: (userId, entityIds, from, limit) =>
        readLog(userId, (log) =>
          [...new Set(entityIds)]
            .flatMap((entityId) => takeWhile(MemoryChangeLog.ofEntity(log, entityId), ({ seq }) => seq >= from))
            .sort(bySeq)
            .slice(0, limit),
        ),

      presentStates: (userId, named) =>
        store.read((state) => {
          const rows = rowsOf(state, userId)
          return Effect.succeed(
            rows === undefined
              ? { tasks: new Map(), categories: new Map(), usedBy: new Map() }
              : presentStates(rows, named),
          )
        }),

      // A unit of work excludes all other writes.
      lock: (userId) => readRows(userId, () => undefined),

      carryOut: (userId, steps, at) =>
        Effect.forEach(steps, (step) =>
          Effect.updateService(
            write(userId, at, (state) => Result.succeed(carryOut(state, userId, step, at))),
            CurrentMutation,
            (mutation) => ({ ...mutation, undoes: step.undoes }),
          ),
        ),
    })
  }),
)
