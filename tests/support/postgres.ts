import { randomUUID } from "node:crypto"
import { connect } from "node:net"
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Redacted } from "effect"
import { describe } from "vitest"
import { migrate } from "../../adapters/postgres/Migrations.ts"
import * as PostgresClient from "../../adapters/postgres/PostgresClient.ts"
import * as PostgresRepositories from "../../adapters/postgres/PostgresRepositories.ts"

/** Where a PostgreSQL of this machine listens when nobody says otherwise. */
const localServer = { host: "127.0.0.1", port: 5432 }
const localUrls = ["test", "postgres"].map(
  (database) => `postgres://postgres@${localServer.host}:${localServer.port}/${database}`,
)

const isListening = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(localServer)
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1_000, () => end(false))
    socket.once("connect", () => end(true))
    socket.once("error", () => end(false))
  })

const letsIn = (url: string): Promise<boolean> =>
  PgClient.PgClient.pipe(
    Effect.flatMap((sql) => sql`SELECT 1`),
    Effect.provide(PgClient.layer({ url: Redacted.make(url), connectTimeout: "2 seconds" })),
    Effect.isSuccess,
    Effect.runPromise,
  )

const findUrl = async (): Promise<string | undefined> => {
  // A server that was named is to be there: tests fail rather than pass it over.
  const named = process.env["TEST_DATABASE_URL"] ?? process.env["DATABASE_URL"]
  if (named !== undefined) return named
  if (!(await isListening())) return undefined
  for (const url of localUrls) if (await letsIn(url)) return url
  return undefined
}

/** The PostgreSQL that the tests use: the environment's, else one on the local standard port, else none. */
export const serverUrl: string | undefined = await findUrl()

/** A `describe` for tests that need a PostgreSQL server. Without one they are reported as not run, by their name. */
export const describeOnPostgres: typeof describe = (
  serverUrl === undefined ? describe.skip : describe
) as typeof describe

/** A schema that one test file has for itself. */
export class TestSchema extends Context.Service<
  TestSchema,
  {
    readonly name: string
    /** The server, without the schema. */
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

/** A fresh, empty schema, which is dropped with all that is in it when the layer goes. */
export const emptySchema: Layer.Layer<TestSchema> = Layer.effect(
  TestSchema,
  Effect.gen(function* () {
    const url = yield* serverOrDie
    const name = `test_${randomUUID().replaceAll("-", "")}`
    const onServer = (text: string) =>
      Effect.flatMap(PgClient.PgClient, (sql) => sql.unsafe(text)).pipe(
        Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })),
        Effect.orDie,
      )
    yield* Effect.acquireRelease(onServer(`CREATE SCHEMA ${name}`), () => onServer(`DROP SCHEMA ${name} CASCADE`))
    return { name, url: Redacted.make(url), urlOfSchema: Redacted.make(withSchema(url, name)) }
  }),
)

/** A client of the adapter's own on the schema, with other limits where a test needs them. */
export const clientOn = (limits: Omit<PostgresClient.PostgresOptions, "url" | "schema"> = {}) =>
  Layer.unwrap(
    Effect.map(TestSchema, ({ name, url }) => Layer.orDie(PostgresClient.layer({ url, schema: name, ...limits }))),
  )

/** All repositories on a fresh schema of the current version. */
export const freshRepositories = (limits: Omit<PostgresClient.PostgresOptions, "url" | "schema"> = {}) =>
  PostgresRepositories.layer.pipe(
    Layer.provideMerge(Layer.effectDiscard(Effect.orDie(migrate))),
    Layer.provideMerge(clientOn(limits)),
    Layer.provideMerge(emptySchema),
  )
