/** Holds reads and writes of several users in one statement to what each of them does alone. */
import { PgClient } from "@effect/sql-pg"
import { expect, it, layer } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer } from "effect"
import { SqlError } from "effect/sql"
import { TestClock } from "effect/testing"
import { describe } from "vitest"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { statementGroups } from "../../../adapters/postgres/StatementGroups.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { makeTask } from "../../support/entities.ts"
import { describeOnPostgres, freshRepositories } from "../../support/postgres.ts"
import { preparedDatabase } from "../../support/preparedFolder.ts"
import { failures } from "./statementGroups/failures.ts"
import { changesOf, insert, type Stores, together, users } from "./statementGroups/groupedWrites.ts"
import { results } from "./statementGroups/results.ts"
import { sequences } from "./statementGroups/sequences.ts"

const suite = (repositories: Layer.Layer<Stores, unknown>): void =>
  layer(repositories, { excludeTestServices: true, timeout: 120_000 })((it) => {
    results(it)
    sequences(it)
    failures(it)
  })

describe("statements of groups on the embedded database", () =>
  suite(PostgresRepositories.layer.pipe(Layer.provideMerge(preparedDatabase))))

describe("groups", () => {
  it.effect("are given up once the database does not support their statement", () =>
    Effect.gen(function* () {
      const tried: Array<number> = []
      const cause = Object.assign(new Error("not supported"), { code: "0A000" })
      const error = new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause, message: cause.message }) })
      const write = statementGroups<number, number, string>({
        maxSize: 32,
        keyOf: (item) => item,
        mayRunAlone: () => false,
        runGroup: (items) => {
          tried.push(...items)
          return Effect.fail(error)
        },
      })
      const alone = Effect.delay(Effect.succeed("alone"), 1)
      const writes = [1, 2, 3].map((item) => write(item, alone, (row) => row))
      for (const _ of [1, 2]) {
        const results = yield* Effect.forkChild(Effect.all(writes, { concurrency: "unbounded" }))
        yield* TestClock.adjust(10)
        expect(yield* Fiber.join(results)).toStrictEqual(["alone", "alone", "alone"])
      }
      expect(tried).toStrictEqual([2])
    }),
  )
})

describeOnPostgres("statements of groups on PostgreSQL", () => {
  suite(freshRepositories())

  layer(freshRepositories(), { excludeTestServices: true, timeout: 120_000 })((it) => {
    it.effect("do not wait for the lock of a user among them", () =>
      Effect.gen(function* () {
        const owners = yield* users(6)
        const [locked, ...others] = owners
        if (locked === undefined) throw new Error("no user")
        const sql = yield* PgClient.PgClient
        const { atomically } = yield* UnitOfWork
        const [isLocked, release] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const lock = Effect.andThen(
          sql`SELECT FROM change_heads WHERE user_id = ${locked} FOR UPDATE`,
          Effect.andThen(Deferred.succeed(isLocked, undefined), Deferred.await(release)),
        )
        const holder = yield* Effect.forkChild(atomically(lock))
        yield* Deferred.await(isLocked)
        const waiting = yield* Effect.forkChild(together([insert(makeTask(locked)), insert(makeTask(locked))]))
        const exits = yield* together(others.map((userId) => insert(makeTask(userId))))
        expect(exits.every(Exit.isSuccess)).toBe(true)
        yield* Deferred.succeed(release, undefined)
        yield* Fiber.join(holder)
        expect((yield* Fiber.join(waiting)).every(Exit.isSuccess)).toBe(true)
        expect((yield* changesOf(locked)).map(({ seq }) => seq)).toStrictEqual([1, 2])
      }),
    )
  })
})
