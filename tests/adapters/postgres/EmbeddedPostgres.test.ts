/** Holds the embedded database to its data, its memory and its recovery. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { PgClient } from "@effect/sql-pg"
import { expect, it, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Schedule } from "effect"
import { TestClock } from "effect/testing"
import { describe } from "vitest"
import { ping } from "../../../adapters/postgres/client/PostgresClient.ts"
import * as embedded from "../../../adapters/postgres/embedded/EmbeddedPostgres.ts"
import { vacuumDue } from "../../../adapters/postgres/embedded/EmbeddedVacuum.ts"
import { migrate } from "../../../adapters/postgres/migrations/Migrations.ts"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { TaskId } from "../../../domain/tasks/TaskId.ts"
import { startScript } from "../../support/ChildProcess.ts"
import { keepTask, keepUser, makeQuery, makeTask } from "../../support/entities.ts"
import { folderWithDatabase } from "../../support/preparedFolder.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

const storeIn = (dataDir: string | undefined) =>
  PostgresRepositories.layer.pipe(
    Layer.provideMerge(Layer.effectDiscard(migrate)),
    Layer.provideMerge(embedded.layer({ dataDir })),
  )

/** Uses the store once: opens it before the effect and closes it after. */
const using = <A, E>(dataDir: string, effect: Effect.Effect<A, E, Layer.Success<ReturnType<typeof storeIn>>>) =>
  Effect.scoped(Effect.flatMap(Layer.build(storeIn(dataDir)), (context) => Effect.provideContext(effect, context)))

setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void

/** The bytes of this process's objects that are still referenced. */
const bytesHeld = Effect.sync(() => {
  collectGarbage()
  return process.memoryUsage().heapUsed
})

/** Kills a process while it creates its database. The process may be quicker than this one: then it is not half made. */
const killDuringCreation = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const isThere = (name: string) => existsSync(join(folder, name))
  const killed = yield* startScript("writeTasks.script.ts", folder)
  const hasBegun = Effect.sync(() => isThere("database.new") || isThere("database"))
  yield* Effect.repeat(hasBegun, { until: (isBegun) => isBegun, schedule: Schedule.spaced("1 millis") })
  yield* killed.kill
  return { folder, isHalfMade: isThere("database.new") && !isThere("database") }
})

describe("the embedded database", () => {
  it.live("keeps every acknowledged write although its process is killed repeatedly", () =>
    Effect.gen(function* () {
      const folder = yield* folderWithDatabase
      const acknowledged: Array<{ readonly userId: UserId; readonly taskIds: ReadonlyArray<TaskId> }> = []
      for (const writes of [100, 1, 500]) {
        const writer = yield* startScript("writeTasks.script.ts", folder)
        yield* writer.printed(1 + writes)
        yield* writer.kill
        expect(writer.errors()).toBe("")
        const [userId = "", ...taskIds] = writer.lines
        expect(taskIds.length).toBeGreaterThanOrEqual(writes)
        acknowledged.push({ userId: UserId.make(userId), taskIds: taskIds.map((id) => TaskId.make(id)) })
      }
      yield* using(
        folder,
        Effect.gen(function* () {
          const tasks = yield* TaskRepository
          for (const { userId, taskIds } of acknowledged) {
            for (const taskId of taskIds) yield* tasks.get(userId, taskId)
            // The index agrees with the table.
            expect((yield* tasks.list(userId, makeQuery())).total).toBeGreaterThanOrEqual(taskIds.length)
          }
        }),
      )
    }),
  )

  it.live("starts after an earlier start was killed while it created the database", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.repeat(killDuringCreation, {
        until: ({ isHalfMade }) => isHalfMade,
        times: 20,
      }).pipe(Effect.map(({ folder }) => folder))
      expect(existsSync(join(folder, "database.new"))).toBe(true)
      expect(existsSync(join(folder, "database"))).toBe(false)
      yield* using(folder, keepUser)
      expect(existsSync(join(folder, "database"))).toBe(true)
      expect(existsSync(join(folder, "database.new"))).toBe(false)
    }),
  )

  it.live("has its data when it is reopened, and refuses a second process meanwhile", () =>
    Effect.gen(function* () {
      const folder = yield* folderWithDatabase
      const task = yield* using(
        folder,
        Effect.gen(function* () {
          const error = yield* Effect.flip(using(folder, Effect.void))
          expect(error._tag).toBe("DataFolderInUse")
          return yield* keepTask(yield* keepUser)
        }),
      )
      const found = using(
        folder,
        Effect.flatMap(TaskRepository, (tasks) => tasks.get(task.userId, task.id)),
      )
      expect(yield* found).toStrictEqual(task)
    }),
  )

  it.effect("vacuums automatically over time", () =>
    Effect.gen(function* () {
      const folder = yield* folderWithDatabase
      yield* using(
        folder,
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          const userId = yield* keepUser
          yield* Effect.forEach(Array.from({ length: 1_200 }), () => keepTask(userId), { discard: true })
          const vacuumed = sql`SELECT FROM pg_stat_user_tables WHERE relname = 'tasks' AND last_vacuum IS NOT NULL`
          expect(yield* vacuumed).toHaveLength(0)
          yield* TestClock.adjust("30 seconds")
          yield* TestClock.withLive(
            Effect.repeat(vacuumed, { until: (rows) => rows.length > 0, schedule: Schedule.spaced("20 millis") }),
          )
        }),
      )
    }),
  )

  layer(storeIn(undefined), { excludeTestServices: true })("of one connection", (it) => {
    it.effect("serves 40 units at once, nested ones too, and 200 statements beside them", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const task = yield* keepTask(userId)
        const unit = Effect.suspend(() => {
          const added = makeTask(userId)
          return atomically(Effect.andThen(tasks.get(userId, task.id), atomically(tasks.insert(added))))
        })
        yield* Effect.all(
          [...Array.from({ length: 40 }, () => unit), ...Array.from({ length: 200 }, () => tasks.get(userId, task.id))],
          { concurrency: "unbounded", discard: true },
        )
        expect((yield* tasks.list(userId, makeQuery())).total).toBe(41)
        expect(yield* ping).toBe(true)
      }),
    )

    it.effect("releases the memory of its responses", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const answers = 4_000
        const answerBytes = 10_000
        const before = yield* bytesHeld
        yield* Effect.replicateEffect(sql`SELECT repeat('x', ${answerBytes})`, answers, { discard: true })
        expect((yield* bytesHeld) - before).toBeLessThan((answers * answerBytes) / 4)
      }),
    )

    it.effect("vacuums a table once if many of its rows are dead or new", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const userId = yield* keepUser
        yield* Effect.forEach(Array.from({ length: 1_200 }), () => keepTask(userId), { discard: true })
        // Each task is recorded as a change. It also moves the end of the history. PostgreSQL cleans the page of that row by
        // itself from time to time.
        const isVacuumed = (name: string) => name !== "public.change_heads"
        expect((yield* vacuumDue(9)).toSorted().filter(isVacuumed)).toStrictEqual(["public.changes", "public.tasks"])
        expect(yield* vacuumDue(9)).toStrictEqual([])
        yield* sql`UPDATE tasks SET updated_at = now() WHERE user_id = ${userId}`
        expect(yield* vacuumDue(9)).toStrictEqual(["public.tasks"])
      }),
    )

    it.effect("continues after units and statements that were interrupted anywhere", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const task = yield* keepTask(userId)
        const unit = atomically(Effect.forever(Effect.suspend(() => tasks.insert(makeTask(userId)))))
        const statements = Effect.forever(tasks.get(userId, task.id))
        for (const millis of Array.from({ length: 20 }, (_, index) => index)) {
          const fibers = [yield* Effect.forkChild(unit), yield* Effect.forkChild(statements)]
          yield* Effect.sleep(millis)
          yield* Fiber.interruptAll(fibers)
        }
        expect(yield* tasks.get(userId, task.id)).toStrictEqual(task)
        expect((yield* tasks.list(userId, makeQuery())).total).toBe(1)
      }),
    )

    it.effect("reconnects after its connection was lost during a unit", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const tasks = yield* TaskRepository
        const sql = yield* PgClient.PgClient
        const userId = yield* keepUser
        const [lost, kept] = [makeTask(userId), makeTask(userId)]
        // More than the client accepts as one message. It responds by closing the connection.
        const lose = sql`SELECT repeat('x', 20000000)`
        yield* Effect.ignore(atomically(Effect.andThen(tasks.insert(lost), lose)))
        yield* atomically(tasks.insert(kept))
        expect(yield* tasks.exists(lost.id)).toBe(false)
        expect(yield* tasks.exists(kept.id)).toBe(true)
      }),
    )
  })
})
