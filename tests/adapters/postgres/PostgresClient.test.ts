/** Holds the PostgreSQL client to its limits, timeouts and reconnects. */
import { PgClient } from "@effect/sql-pg"
import { expect, it, layer } from "@effect/vitest"
import { Cause, Context, Deferred, Effect, Exit, Fiber, Layer, Logger, Redacted, Result, Schedule } from "effect"
import * as PostgresClient from "../../../adapters/postgres/client/PostgresClient.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { nextVersion } from "../../../domain/shared/Version.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { keepTask, keepUser, makeTask } from "../../support/entities.ts"
import { clientOn, describeOnPostgres, freshRepositories, serverUrl } from "../../support/postgres.ts"
import { makeTcpProxy } from "../../support/TcpProxy.ts"

/** A second client on the same schema, to observe the first one and to block it. */
class Onlooker extends Context.Service<Onlooker, PgClient.PgClient>()("taskwright/tests/Onlooker") {}

const onlooker = Layer.effect(Onlooker, PgClient.PgClient).pipe(Layer.provide(clientOn({ maxConnections: 4 })))

const withOnlooker = (limits: Parameters<typeof freshRepositories>[0]) =>
  onlooker.pipe(Layer.provideMerge(freshRepositories(limits)))

const raised = (task: Task): Task => ({ ...task, version: nextVersion(task.version) })

const expectUnavailable = (exit: Exit.Exit<unknown, unknown>) => {
  expect(Exit.isFailure(exit)).toBe(true)
  if (Exit.isFailure(exit)) {
    const defect = Result.getOrUndefined(Cause.findDefect(exit.cause))
    expect(defect, Cause.pretty(exit.cause)).toBeInstanceOf(Unavailable)
    expect(defect instanceof Unavailable ? defect.retryAfterMillis : 0).toBeGreaterThanOrEqual(1_000)
  }
}

/** Locks the table of tasks for all other connections while the effect runs. */
const withTasksLocked = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const sql = yield* Onlooker
  return yield* sql.withTransaction(Effect.andThen(sql`LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE`, effect))
})

/** The server processes that wait for the table of tasks, once there is one. */
const waitingProcesses = Effect.gen(function* () {
  const sql = yield* Onlooker
  const rows = yield* sql<{ pid: number }>`SELECT DISTINCT pid FROM pg_locks
    WHERE relation = 'tasks'::regclass AND NOT granted`
  return rows.map(({ pid }) => pid)
})
const someWaitingProcess = waitingProcesses.pipe(
  Effect.repeat({ until: (pids: ReadonlyArray<number>) => pids.length > 0, schedule: Schedule.spaced("10 millis") }),
)

const terminate = Effect.fnUntraced(function* (pids: ReadonlyArray<number>) {
  const sql = yield* Onlooker
  yield* Effect.forEach(pids, (pid) => sql`SELECT pg_terminate_backend(${pid})`)
})

const ownProcess = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const [row] = yield* sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`
  return row?.pid ?? 0
})

describeOnPostgres("connections to a PostgreSQL server", () => {
  layer(withOnlooker({ maxConnections: 4 }), { excludeTestServices: true })("of a small pool", (it) => {
    it.effect("serve 40 units at once and 200 statements beside them", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const tasks = yield* TaskRepository
        const sql = yield* PgClient.PgClient
        const userId = yield* keepUser
        const task = yield* keepTask(userId)
        const unit = Effect.suspend(() => {
          const added = makeTask(userId)
          return atomically(Effect.andThen(sql`SELECT pg_sleep(0.02)`, tasks.insert(added)))
        })
        yield* Effect.all(
          [...Array.from({ length: 40 }, () => unit), ...Array.from({ length: 200 }, () => tasks.get(userId, task.id))],
          { concurrency: "unbounded", discard: true },
        )
        const [row] = yield* sql<{ count: number }>`SELECT count(*)::int AS count FROM tasks WHERE user_id = ${userId}`
        expect(row?.count).toBe(41)
      }),
    )

    it.effect("that units occupy refuse the next unit in bounded time, and still serve statements", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const tasks = yield* TaskRepository
        const sql = yield* PgClient.PgClient
        const userId = yield* keepUser
        const task = yield* keepTask(userId)
        const holders = yield* Effect.forEach([1, 2, 3], () =>
          Effect.gen(function* () {
            const isHeld = yield* Deferred.make<void>()
            const holding = Effect.andThen(
              Effect.andThen(sql`SELECT 1`, Deferred.succeed(isHeld, undefined)),
              Effect.never,
            )
            const holder = yield* Effect.forkChild(atomically(holding))
            yield* Deferred.await(isHeld)
            return holder
          }),
        )
        expectUnavailable(yield* Effect.exit(atomically(tasks.get(userId, task.id))))
        expect(yield* tasks.get(userId, task.id)).toStrictEqual(task)
        yield* Fiber.interruptAll(holders)
        expect(yield* atomically(tasks.get(userId, task.id))).toStrictEqual(task)
      }),
    )

    it.effect("that were killed while idle are replaced, and no read fails", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const task = yield* keepTask(yield* keepUser)
        yield* terminate([yield* ownProcess])
        expect(yield* tasks.get(task.userId, task.id)).toStrictEqual(task)
      }),
    )

    it.effect("that are killed during a read let it be retried once", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const task = yield* keepTask(yield* keepUser)
        const reading = yield* withTasksLocked(
          Effect.gen(function* () {
            const fiber = yield* Effect.forkDetach(tasks.get(task.userId, task.id))
            yield* terminate(yield* someWaitingProcess)
            return fiber
          }),
        )
        expect(yield* Fiber.join(reading)).toStrictEqual(task)
      }),
    )

    it.effect("that are killed during a write fail it as unavailable, and the next one succeeds", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const task = yield* keepTask(yield* keepUser)
        const exit = yield* withTasksLocked(
          Effect.gen(function* () {
            const writing = yield* Effect.forkDetach(tasks.update(task, raised(task)))
            yield* terminate(yield* someWaitingProcess)
            return yield* Fiber.await(writing)
          }),
        )
        expectUnavailable(exit)
        yield* tasks.update(task, raised(task))
        expect(yield* tasks.get(task.userId, task.id)).toStrictEqual(raised(task))
      }),
    )

    it.effect("that are killed during a unit fail it as unavailable without writes, and the next one succeeds", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const task = makeTask(userId)
        const unit = (disturb: Effect.Effect<void, unknown, PgClient.PgClient | Onlooker>) =>
          atomically(
            Effect.gen(function* () {
              yield* tasks.insert(task)
              yield* disturb
              yield* tasks.update(task, raised(task))
            }),
          )
        expectUnavailable(yield* Effect.exit(unit(Effect.flatMap(ownProcess, (pid) => terminate([pid])))))
        expect(yield* tasks.exists(task.id)).toBe(false)
        yield* unit(Effect.void)
        expect(yield* tasks.get(userId, task.id)).toStrictEqual(raised(task))
      }),
    )

    it.effect("in a deadlock retry one unit, and both succeed", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const tasks = yield* TaskRepository
        // The tasks of one user are locked together, so it takes those of two.
        const [one, other] = [yield* keepTask(yield* keepUser), yield* keepTask(yield* keepUser)]
        const bothHeld = { one: yield* Deferred.make<void>(), other: yield* Deferred.make<void>() }
        let runs = 0
        const unit = (first: Task, second: Task, mine: Deferred.Deferred<void>, theirs: Deferred.Deferred<void>) =>
          atomically(
            Effect.gen(function* () {
              runs++
              const held = yield* tasks.getForUpdate(first.userId, first.id)
              yield* Deferred.succeed(mine, undefined)
              yield* Deferred.await(theirs)
              const next = yield* tasks.getForUpdate(second.userId, second.id)
              yield* tasks.update(held, raised(held))
              yield* tasks.update(next, raised(next))
            }),
          )
        yield* Effect.all(
          [unit(one, other, bothHeld.one, bothHeld.other), unit(other, one, bothHeld.other, bothHeld.one)],
          { concurrency: 2 },
        )
        expect(runs).toBeGreaterThan(2)
        expect([
          (yield* tasks.get(one.userId, one.id)).version,
          (yield* tasks.get(other.userId, other.id)).version,
        ]).toStrictEqual([3, 3])
      }),
    )

    it.effect("fail a unit that continues after a broken statement", () =>
      Effect.gen(function* () {
        const { atomically } = yield* UnitOfWork
        const tasks = yield* TaskRepository
        const sql = yield* PgClient.PgClient
        const task = makeTask(yield* keepUser)
        const exit = yield* Effect.exit(
          atomically(Effect.andThen(tasks.insert(task), Effect.ignore(sql`SELECT 1 / 0`))),
        )
        expect(Exit.isFailure(exit) && Cause.hasDies(exit.cause)).toBe(true)
        expect(yield* tasks.exists(task.id)).toBe(false)
      }),
    )
  })

  layer(withOnlooker({ statementTimeoutMillis: 200 }), { excludeTestServices: true })("with a time limit", (it) => {
    it.effect("cancel a statement that exceeds it on the server too", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const task = yield* keepTask(yield* keepUser)
        yield* withTasksLocked(
          Effect.gen(function* () {
            expectUnavailable(yield* Effect.exit(tasks.get(task.userId, task.id)))
            expect(yield* waitingProcesses).toStrictEqual([])
          }),
        )
        expect(yield* tasks.get(task.userId, task.id)).toStrictEqual(task)
      }),
    )
  })

  const throughProxy = Effect.gen(function* () {
    const url = new URL(serverUrl ?? "")
    const proxy = yield* makeTcpProxy({ host: url.hostname, port: Number(url.port || 5432) })
    url.host = `127.0.0.1:${proxy.port}`
    return { proxy, url: url.href }
  })

  it.live("wait at the start for a server that starts later", () =>
    Effect.gen(function* () {
      const { proxy, url } = yield* throughProxy
      const starting = yield* Effect.forkChild(Layer.build(PostgresClient.layer({ url: Redacted.make(url) })))
      yield* Effect.sleep("300 millis")
      yield* proxy.open
      const context = yield* Fiber.join(starting)
      expect(yield* Effect.provideContext(PostgresClient.ping, context)).toBe(true)
    }),
  )

  it.live("report within a second that the server is unavailable, and that it is available again", () =>
    Effect.gen(function* () {
      const { proxy, url } = yield* throughProxy
      yield* proxy.open
      const context = yield* Layer.build(PostgresClient.layer({ url: Redacted.make(url) }))
      const ping = Effect.provideContext(PostgresClient.ping, context)
      expect(yield* ping).toBe(true)
      yield* proxy.cut
      expect(yield* ping).toBe(false)
      yield* proxy.open
      // The pool may pass on the failure of a connection attempt that was in progress.
      expect(yield* Effect.repeat(ping, { until: (isThere) => isThere, times: 10 })).toBe(true)
    }),
  )

  it.live("fail the start after its timeout, with one line without the password", () =>
    Effect.gen(function* () {
      const { url } = yield* throughProxy
      const withPassword = new URL(url)
      withPassword.password = "hunter2"
      // Long enough for the wait to be announced.
      const options = { url: Redacted.make(withPassword.href), startTimeoutMillis: 1_500 }
      const lines: Array<string> = []
      const log = Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])
      const start = Effect.scoped(Layer.build(PostgresClient.layer(options))).pipe(Effect.provide(log))
      const error = yield* Effect.flip(start)
      expect(lines).toStrictEqual([
        `Waiting for the database at 127.0.0.1:${withPassword.port}${withPassword.pathname}`,
      ])
      expect(error._tag).toBe("DatabaseNotReady")
      expect(error.message).toContain(`127.0.0.1:${withPassword.port}`)
      expect(error.message).toContain("ECONNREFUSED")
      expect(error.message).not.toContain("hunter2")
      expect(error.message).not.toContain("\n")
    }),
  )

  it.live("fail the start at once if waiting cannot help", () =>
    Effect.gen(function* () {
      const url = new URL(serverUrl ?? "")
      url.pathname = "/no_such_database"
      const options = { url: Redacted.make(url.href), startTimeoutMillis: 3_600_000 }
      const error = yield* Effect.flip(Effect.scoped(Layer.build(PostgresClient.layer(options))))
      expect(error.message).toContain("no_such_database")
    }),
  )
})
