/** Holds the whole composition to its retention setting and to a one-line error at start. */
import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { ChangeRetention } from "../../application/changes/ChangeRetention.ts"
import { IdempotencyRetention } from "../../application/changes/IdempotencyRetention.ts"
import { DeletedTaskRetention } from "../../application/cleanup/DeletedTaskRetention.ts"
import { now } from "../../application/shared/Now.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { live } from "../../bootstrap/live.ts"
import { loadSettings } from "../../bootstrap/settings/Settings.ts"
import { toMillis } from "../../domain/shared/Timestamp.ts"
import { at, keepTask, keepUser } from "../support/entities.ts"

/** The whole composition on a database without persistence. */
const liveWith = (env: Record<string, string>) =>
  Layer.unwrap(Effect.map(loadSettings(), live)).pipe(
    Layer.provide(
      Layer.succeed(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: { DATA_DIR: "memory:", ...env } })),
    ),
  )

/**
 * Repeats the check while the test clock advances, a quarter of an hour at a time and 20 hours at most. The pauses
 * are real, because the database does not use that clock.
 */
const whileTimePasses = <A, E, R>(ask: Effect.Effect<A, E, R>) =>
  Effect.retry(
    Effect.andThen(
      TestClock.withLive(Effect.sleep("50 millis")),
      Effect.tapError(ask, () => TestClock.adjust("15 minutes")),
    ),
    { times: 80 },
  )

it.effect("removes deleted tasks once DELETED_TASK_RETENTION is over", () =>
  Effect.gen(function* () {
    yield* TestClock.setTime(toMillis(at(24 * 3600)))
    yield* Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const [early, late] = [yield* keepTask(userId), yield* keepTask(userId)]
      yield* tasks.delete(userId, early.id, at(0))
      yield* tasks.delete(userId, late.id, yield* now)
      const missing = yield* whileTimePasses(Effect.flip(tasks.getDeleted(userId, early.id)))
      expect(missing._tag).toBe("TaskNotFound")
      expect((yield* tasks.getDeleted(userId, late.id)).task.id).toBe(late.id)
    }).pipe(Effect.provide(liveWith({ DELETED_TASK_RETENTION: "1 day" })))
  }),
)

it.effect("gives each retention to the use cases", () =>
  Effect.gen(function* () {
    const retentions = Effect.all([DeletedTaskRetention, ChangeRetention, IdempotencyRetention])
    const env = { DELETED_TASK_RETENTION: "2 days", CHANGE_RETENTION: "3 days", IDEMPOTENCY_RETENTION: "4 days" }
    const days = (yield* Effect.provide(retentions, liveWith(env))).map((millis) => millis / 86_400_000)
    expect(days).toStrictEqual([2, 3, 4])
  }),
)

// Linux has such a path. Elsewhere the folder's parent is missing, and cannot be created either.
it.effect.each(["/proc/taskwright/data", "/dev/null/data"])("fails with one line where %s cannot be made", (folder) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(Effect.scoped(Layer.build(liveWith({ DATA_DIR: folder }))))
    expect(String(error.message)).toMatch(/^The data folder \/.*\/data cannot be used: [^\n]+$/)
  }),
)
