/** Tests that statements are measured by their names: outside and inside units of work, on both kinds of database. */
import { PgClient } from "@effect/sql-pg"
import { expect, it, layer } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { describe } from "vitest"
import { statementsOn } from "../../../adapters/postgres/client/PostgresStatements.ts"
import { statement } from "../../../adapters/postgres/client/Statement.ts"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { newTaskId } from "../../support/entities.ts"
import { type MeasuredStatement, measuredStatements } from "../../support/metrics.ts"
import { describeOnPostgres, freshRepositories } from "../../support/postgres.ts"
import { preparedDatabase } from "../../support/preparedFolder.ts"
import { filesUnder, readSource } from "../../support/sources.ts"

/** Returns the value of the statement's series; 0 if there is none. */
const valueOfSeries = (name: string, series: keyof MeasuredStatement): number =>
  measuredStatements().get(name)?.[series] ?? 0

/** Runs the effect, and returns how many statements of each name it added to the metrics. */
const countsDuring = <A, E, R>(names: ReadonlyArray<string>, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = names.map((name) => valueOfSeries(name, "count"))
    yield* Effect.exit(effect)
    return names.map((name, index) => valueOfSeries(name, "count") - (before[index] ?? 0))
  })

const lookUp = Effect.flatMap(TaskRepository, (tasks) => tasks.exists(newTaskId()))
const atomically = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(UnitOfWork, (unit) => unit.atomically(effect))

const suite = (repositories: Layer.Layer<TaskRepository | UnitOfWork | PgClient.PgClient, unknown>): void =>
  layer(repositories, { excludeTestServices: true })((it) => {
    it.effect("of a repository outside a unit of work", () =>
      Effect.gen(function* () {
        const before = valueOfSeries("tasks.exists", "sum")
        expect(yield* countsDuring(["tasks.exists", "transaction.begin"], lookUp)).toStrictEqual([1, 0])
        expect(valueOfSeries("tasks.exists", "sum")).toBeGreaterThan(before)
      }),
    )

    it.effect("inside a unit of work, with those that begin and end it", () =>
      Effect.gen(function* () {
        const names = ["tasks.exists", "transaction.commit", "transaction.rollback", "transaction.savepoint"]
        const twice = atomically(Effect.andThen(lookUp, atomically(lookUp)))
        expect(yield* countsDuring(names, twice)).toStrictEqual([2, 1, 0, 1])
        const failing = atomically(Effect.andThen(lookUp, Effect.fail("refused")))
        expect(yield* countsDuring(names, failing)).toStrictEqual([1, 0, 1, 0])
        expect(valueOfSeries("transaction.begin", "count")).toBeGreaterThan(0)
      }),
    )

    it.effect("also if they fail or are interrupted", () =>
      Effect.gen(function* () {
        const database = statementsOn(yield* PgClient.PgClient, "tests")
        const failing = database.query(statement("tests.divide", "SELECT 1 / 0"), [])
        expect(yield* countsDuring(["tests.divide"], failing)).toStrictEqual([1])
        const interrupted = Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(database.query(statement("tests.wait", "SELECT 1"), []), {
            startImmediately: true,
          })
          yield* Fiber.interrupt(fiber)
        })
        expect(yield* countsDuring(["tests.wait"], interrupted)).toStrictEqual([1])
      }),
    )
  })

describe("statements are measured on the embedded database", () =>
  suite(PostgresRepositories.layer.pipe(Layer.provideMerge(preparedDatabase))))
describeOnPostgres("statements are measured on PostgreSQL", () => suite(freshRepositories()))

describe("names of statements", () => {
  it("differ, and say the table and what the statement does", () => {
    const sources = filesUnder("adapters/postgres").filter((path) => path.endsWith(".ts"))
    const names = sources.flatMap((path) =>
      [...readSource(path).matchAll(/\bstatement\(\s*["`]([^"`]*)["`]/g)].map(([, name]) => name ?? ""),
    )
    expect(names.length).toBeGreaterThan(60)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toStrictEqual([])
    expect(names.filter((name) => !/^(?:[a-z_]+|\$\{table\})\.[a-z_]+$/.test(name))).toStrictEqual([])
  })

  it("are literals, so that their number is bounded", () => {
    const text: string = "computed"
    // @ts-expect-error A computed name does not compile.
    expect(statement(text, "SELECT 1").text).toBe("SELECT 1")
  })
})
