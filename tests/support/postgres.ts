/** Gives tests schemas and databases of their own on the PostgreSQL server of the tests. */
import { randomUUID } from "node:crypto"
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Redacted, type Scope } from "effect"
import { describe } from "vitest"
import * as PostgresClient from "../../adapters/postgres/client/PostgresClient.ts"
import { migrate } from "../../adapters/postgres/migrations/Migrations.ts"
import * as PostgresRepositories from "../../adapters/postgres/PostgresRepositories.ts"
import { notRunName } from "./notRun.ts"

/** The PostgreSQL server that `services.ts` found or started; undefined if there is none. */
export const serverUrl: string | undefined = process.env["TEST_DATABASE_URL"]

export const absence = process.env["TEST_DATABASE_ABSENT"] ?? "no PostgreSQL server was looked for"

/**
 * A `describe` for tests that need a PostgreSQL server. Without one they do not run, and are reported by their name.
 */
export const describeOnPostgres = (name: string, tests: () => void): void => {
  if (serverUrl === undefined) describe.skip(notRunName(name, absence), tests)
  else describe(name, tests)
}

/** A schema that belongs to one test file. */
export class TestSchema extends Context.Service<
  TestSchema,
  {
    readonly name: string
    /** The URL of the server, without the schema. */
    readonly url: Redacted.Redacted
    /** The server's URL with the schema in it, for a process of the whole service. */
    readonly urlOfSchema: Redacted.Redacted
  }
>()("taskwright/tests/TestSchema") {}

const serverOrDie = Effect.suspend(() =>
  serverUrl === undefined ? Effect.die(new Error("No PostgreSQL server for the tests")) : Effect.succeed(serverUrl),
)

const withSchema = (url: string, name: string): string => {
  const located = new URL(url)
  located.searchParams.set("options", `-csearch_path=${name}`)
  return located.href
}

/** Creates a database with those options and returns its URL. The database is dropped when the scope closes. */
export const emptyDatabase = (options = ""): Effect.Effect<Redacted.Redacted, never, Scope.Scope> =>
  Effect.gen(function* () {
    const url = yield* serverOrDie
    const name = `test_${randomUUID().replaceAll("-", "")}`
    yield* Effect.acquireRelease(onServer(url, `CREATE DATABASE ${name} ${options}`), () =>
      onServer(url, `DROP DATABASE ${name} WITH (FORCE)`),
    )
    const located = new URL(url)
    located.pathname = `/${name}`
    return Redacted.make(located.href)
  })

const onServer = (url: string, text: string) =>
  Effect.flatMap(PgClient.PgClient, (sql) => sql.unsafe(text).unprepared).pipe(
    Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })),
    Effect.orDie,
  )

/** A fresh, empty schema. It is dropped with all its contents when the layer is released. */
export const emptySchema: Layer.Layer<TestSchema> = Layer.effect(
  TestSchema,
  Effect.gen(function* () {
    const url = yield* serverOrDie
    const name = `test_${randomUUID().replaceAll("-", "")}`
    yield* Effect.acquireRelease(onServer(url, `CREATE SCHEMA ${name}`), () =>
      onServer(url, `DROP SCHEMA ${name} CASCADE`),
    )
    return { name, url: Redacted.make(url), urlOfSchema: Redacted.make(withSchema(url, name)) }
  }),
)

/** Opens a client of the adapter on the schema, with other limits if a test needs them. */
export const clientOn = (limits: Omit<PostgresClient.PostgresOptions, "url" | "schema"> = {}) =>
  Layer.unwrap(
    Effect.map(TestSchema, ({ name, url }) => Layer.orDie(PostgresClient.layer({ url, schema: name, ...limits }))),
  )

/** Provides all repositories on a fresh schema of the current version. */
export const freshRepositories = (limits: Omit<PostgresClient.PostgresOptions, "url" | "schema"> = {}) =>
  PostgresRepositories.layer.pipe(
    Layer.provideMerge(Layer.effectDiscard(Effect.orDie(migrate))),
    Layer.provideMerge(clientOn(limits)),
    Layer.provideMerge(emptySchema),
  )

/**
 * Provides all repositories in a database of their own, for tests that look at plans. In a shared database, another
 * test's open transaction would keep VACUUM from marking pages as visible to all.
 */
export const repositoriesInOwnDatabase = (limits: Omit<PostgresClient.PostgresOptions, "url" | "schema"> = {}) =>
  PostgresRepositories.layer.pipe(
    Layer.provideMerge(Layer.effectDiscard(Effect.orDie(migrate))),
    Layer.provideMerge(
      Layer.unwrap(Effect.map(emptyDatabase(), (url) => Layer.orDie(PostgresClient.layer({ url, ...limits })))),
    ),
  )
