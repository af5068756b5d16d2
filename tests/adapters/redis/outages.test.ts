/** Holds the Redis adapters to short calls, a fallback and one log entry during an outage. */
import { expect } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { vi } from "vitest"
import { RedisConnection } from "../../../adapters/redis/connection/RedisConnection.ts"
import { RevokedSessions } from "../../../application/accounts/sessions/RevokedSessions.ts"
import type { ConsumeResult } from "../../../application/shared/RateLimiter.ts"
import { newSessionId } from "../../support/entities.ts"
import { describeWithRedisServer, makeRedisServer, startRedisServer } from "../../support/RedisServer.ts"
import { everything, expectOneOutage, isAway, isUp, outagesTotal, take, up } from "../../support/redisCalls.ts"
import { eventually } from "../../support/redisSuites.ts"
import { liveScenario } from "../../support/steadily.ts"
import { startWatchedProcess, type WatchedProcess } from "../../support/watchedProcess.ts"

const prefix = "outages:"

/** More than any call may take during an outage of Redis: 100 ms, and the delay of a busy machine. */
const longestMillis = 1_000

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const begun = performance.now()
    const value = yield* effect
    return { value, millis: performance.now() - begun }
  })

/** Whether the process learns of a session that the other process revokes. */
const heardFrom = (other: WatchedProcess) =>
  Effect.gen(function* () {
    const sessions = yield* RevokedSessions
    const id = newSessionId()
    yield* other.run(Effect.flatMap(RevokedSessions, ({ revoke }) => revoke(id)))
    yield* Effect.sleep(10)
    return yield* sessions.has(id)
  })

describeWithRedisServer("a Redis that becomes unavailable", () => {
  liveScenario("does not stop the start, and is used as soon as it is available", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const process = yield* startWatchedProcess(server.url, prefix)
      expect(yield* process.run(isUp)).toBe(false)
      yield* process.run(everything)
      expect([process.metric(outagesTotal), process.metric(up)]).toStrictEqual([1, 0])
      yield* server.start
      yield* process.run(eventually(isUp, 1_000))
      yield* process.run(everything)
      expectOneOutage(process)
      expect(Number(yield* server.tell("DBSIZE"))).toBeGreaterThan(0)
      // This process hears the others' messages too.
      const late = yield* startWatchedProcess(server.url, prefix)
      yield* process.run(eventually(heardFrom(late)))
    }),
  )

  liveScenario("fails and delays no request under load, and the limits stay exact", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const processes = yield* Effect.all([
        startWatchedProcess(server.url, prefix),
        startWatchedProcess(server.url, prefix),
      ])
      const answers: Array<{ readonly process: number; readonly value: ConsumeResult; readonly millis: number }> = []
      const load = (index: number) =>
        Effect.forkChild(
          Effect.all(
            Array.from({ length: 20 }, () =>
              Effect.gen(function* () {
                const process = processes[index % 2]
                if (process === undefined) return
                answers.push({ process: index, ...(yield* timed(process.run(take(`user:${index}`)))) })
                yield* Effect.sleep(5)
              }).pipe(Effect.forever),
            ),
            { concurrency: "unbounded" },
          ),
        )
      const loads = yield* Effect.forEach([0, 1], load)
      yield* Effect.sleep(300)
      yield* server.kill
      yield* Effect.sleep(1_500)
      for (const process of processes) expect(yield* process.run(isAway)).toBe(true)
      yield* server.start
      for (const process of processes) yield* process.run(eventually(isUp, 1_000))
      yield* Effect.sleep(500)
      yield* Effect.forEach(loads, Fiber.interrupt)

      expect(answers.length).toBeGreaterThan(1_000)
      expect(Math.max(...answers.map(({ millis }) => millis))).toBeLessThan(longestMillis)
      for (const index of [0, 1]) {
        // Redis has lost all its data, but the process that let the requests pass has not.
        const allowed = answers.filter(({ process, value }) => process === index && value.isAllowed)
        expect(allowed.length).toBe(100)
      }
      const together = yield* Effect.all(
        Array.from({ length: 400 }, (_, index) => processes[index % 2]?.run(take("user:later")) ?? Effect.undefined),
        { concurrency: "unbounded" },
      )
      expect(together.filter((quota) => quota?.isAllowed).length).toBe(100)
      for (const process of processes) expectOneOutage(process)
    }),
  )

  liveScenario("costs a bounded wait if it hangs, and none once the outage is known", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const process = yield* startWatchedProcess(server.url, prefix)
      yield* process.run(everything)
      yield* process.run(take("user:heavy", 100, 60))
      yield* server.freeze
      const { millis } = yield* timed(process.run(everything))
      expect(millis).toBeLessThan(longestMillis)
      expect(yield* process.run(isAway)).toBe(true)
      // The process counted the units of what Redis allowed.
      const { isAllowed, remaining } = yield* process.run(take("user:heavy", 100, 60))
      expect([isAllowed, remaining]).toStrictEqual([false, 40])
      // 400 waits of 100 ms would take 40 s.
      const many = yield* timed(process.run(Effect.forEach(Array(400).fill(everything), (each) => each)))
      expect(many.millis).toBeLessThan(10_000)
      // Long enough that connections are abandoned, and attempts to open new ones fail.
      yield* Effect.sleep(3_000)
      yield* server.thaw
      yield* process.run(eventually(isUp, 1_000))
      yield* process.run(everything)
      expectOneOutage(process)
    }),
  )

  liveScenario(
    "counts as unavailable if it accepts no writes: as a replica, without memory, with too few replicas",
    () =>
      Effect.gen(function* () {
        const server = yield* startRedisServer()
        const faults: ReadonlyArray<Record<"fault" | "cure", readonly [string, ...ReadonlyArray<string>]>> = [
          { fault: ["REPLICAOF", "127.0.0.1", "1"], cure: ["REPLICAOF", "NO", "ONE"] },
          { fault: ["CONFIG", "SET", "maxmemory", "1"], cure: ["CONFIG", "SET", "maxmemory", "0"] },
          {
            fault: ["CONFIG", "SET", "min-replicas-to-write", "1"],
            cure: ["CONFIG", "SET", "min-replicas-to-write", "0"],
          },
        ]
        for (const { cure, fault } of faults) {
          const process = yield* startWatchedProcess(server.url, prefix)
          yield* process.run(everything)
          yield* server.tell(...fault)
          yield* process.run(everything)
          yield* process.run(eventually(isAway))
          yield* process.run(everything)
          yield* server.tell(...cure)
          yield* process.run(eventually(isUp, 1_000))
          yield* process.run(everything)
          expectOneOutage(process)
        }
      }),
  )

  liveScenario("delivers messages about revoked sessions again after it returns", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const [one, other] = yield* Effect.all([
        startWatchedProcess(server.url, prefix),
        startWatchedProcess(server.url, prefix),
      ])
      yield* server.kill
      yield* one.run(eventually(isAway))
      const missed = newSessionId()
      yield* one.run(Effect.flatMap(RevokedSessions, ({ revoke }) => revoke(missed)))
      yield* server.start
      for (const process of [one, other]) yield* process.run(eventually(isUp, 1_000))
      yield* other.run(eventually(heardFrom(one), 500))
      // Messages that were sent while no process could receive them come from the database.
      expect(yield* other.run(Effect.flatMap(RevokedSessions, (sessions) => sessions.has(missed)))).toBe(false)
    }),
  )

  liveScenario("is not used again before every recovery step is done", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const process = yield* startWatchedProcess(server.url, prefix)
      let restored = 0
      const restoration = {
        restore: async () => {
          restored += 1
        },
        // New work arrived while the first restoration was in progress.
        isDone: () => restored > 1,
      }
      yield* process.run(Effect.flatMap(RedisConnection, (redis) => redis.onRecovery(restoration)))
      yield* server.kill
      yield* process.run(eventually(isAway))
      expect(restored).toBe(0)
      yield* server.start
      yield* process.run(eventually(isUp, 1_000))
      expect(restored).toBe(2)
      expectOneOutage(process)
    }),
  )

  liveScenario("is not reported as an outage if the process ends", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const calls = yield* Effect.scoped(
        Effect.gen(function* () {
          const process = yield* startWatchedProcess(server.url, prefix)
          yield* server.freeze
          const calls = yield* Effect.forkDetach(process.run(everything), { startImmediately: true })
          return { ...process, calls }
        }),
      )
      yield* server.thaw
      yield* Fiber.await(calls.calls)
      expect(calls.lines()).toStrictEqual([])
    }),
  )

  liveScenario("logs no secret, even if the password is wrong", () =>
    Effect.gen(function* () {
      const printed = (["error", "warn", "log"] as const).map((name) => vi.spyOn(console, name))
      yield* Effect.addFinalizer(() => Effect.sync(() => vi.restoreAllMocks()))
      const locked = yield* startRedisServer()
      yield* locked.tell("CONFIG", "SET", "requirepass", "rightpass")
      // If a server does not know a command, its error repeats the command with its arguments.
      const ignorant = yield* startRedisServer(["--rename-command", "AUTH", "", "--rename-command", "HELLO", ""])
      for (const [server, reason] of [[locked, "WRONGPASS"] as const, [ignorant, "unknown command"] as const]) {
        const process = yield* startWatchedProcess(server.url.replace("//", "//default:hunter2@"), prefix)
        yield* process.run(everything)
        const [[level, message] = ["", ""], ...more] = process.lines()
        expect([level, more]).toStrictEqual(["Warn", []])
        expect(message).toContain(`127.0.0.1:${server.port}`)
        expect(message).toContain(reason)
        expect(message).not.toContain("hunter2")
      }
      for (const { mock } of printed) expect(JSON.stringify(mock.calls)).not.toContain("hunter2")
    }),
  )
})
