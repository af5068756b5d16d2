/** Holds searches in the embedded database to steps between which others have their turn. */
import { PgClient } from "@effect/sql-pg"
import { expect, layer } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { describe, it } from "vitest"
import { RowsPerStatement } from "../../../adapters/postgres/client/RowsPerStatement.ts"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { nextRows } from "../../../adapters/postgres/PostgresSteppedSearch.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { TaskFilter } from "../../../domain/tasks/TaskFilter.ts"
import { filters } from "../../contracts/taskRepository/filters.ts"
import { cursorLimit, keepTask, keepUser, limit, makeQuery } from "../../support/entities.ts"
import { preparedDatabase } from "../../support/preparedFolder.ts"

const nowhere: TaskFilter = { kind: "text", in: "any", text: "qqzzx" }

const searches = (rows: number) =>
  PostgresRepositories.layer.pipe(
    Layer.provideMerge(Layer.succeed(RowsPerStatement, rows)),
    Layer.provideMerge(preparedDatabase),
  )

describe("a search in steps", () => {
  it("looks at fewer rows after a slow step, and at more after a fast one", () => {
    expect(nextRows(500, 3_000, 5_000)).toBe(5)
    expect(nextRows(1, 3_000, 5_000)).toBe(1)
    expect(nextRows(500, 1, 5_000)).toBe(1_000)
    expect(nextRows(500, 20, 5_000)).toBe(750)
    expect(nextRows(4_000, 0, 5_000)).toBe(5_000)
  })

  layer(searches(7), { excludeTestServices: true })("of seven rows", (it) => {
    filters(it)
  })

  layer(searches(100), { excludeTestServices: true })("of a hundred rows", (it) => {
    it.effect("lets other requests finish before it does, and timers run meanwhile", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const sql = yield* PgClient.PgClient
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const task = yield* keepTask(other)
        yield* sql`INSERT INTO tasks (user_id, id, title, status, priority, version, created_at, updated_at)
          SELECT ${userId}, gen_random_uuid(), 'Task ' || n, 'pending', 'low', 1, now(), now()
          FROM generate_series(1, 5000) AS n`
        const ended: Array<string> = []
        const ends = (name: string) => Effect.sync(() => ended.push(name))
        let turns = 0
        const timer = setInterval(() => turns++, 0)
        const search = yield* Effect.forkChild(
          Effect.tap(tasks.list(userId, makeQuery({ where: nowhere })), () => ends("search")),
        )
        yield* Effect.yieldNow
        // Each waits for the answer of the one before.
        for (let n = 0; n < 3; n++) yield* Effect.andThen(tasks.get(other, task.id), ends("read"))
        const found = yield* Fiber.join(search)
        clearInterval(timer)
        expect(found.total).toBe(0)
        expect(ended).toStrictEqual(["read", "read", "read", "search"])
        expect(turns).toBeGreaterThan(0)
      }),
    )

    it.effect("names a place in the history from before it", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        for (let n = 0; n < 3; n++) yield* keepTask(userId)
        const query = makeQuery({ where: nowhere, limit: limit(1) })
        const { latest } = yield* tasks.listAfter(userId, query, null, cursorLimit(1))
        expect(latest).toStrictEqual((yield* (yield* ChangeRepository).ends(userId)).latest)
      }),
    )
  })
})
