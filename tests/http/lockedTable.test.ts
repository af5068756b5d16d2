/** Tests the service on PostgreSQL while another program holds a lock on one of its tables. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../../adapters/memory/MemoryEmailSender.ts"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import * as PostgresClient from "../../adapters/postgres/client/PostgresClient.ts"
import { cheapCrypto } from "../support/cheapCrypto.ts"
import { type Service, startService } from "../support/http.ts"
import { clientOn, describeOnPostgres, freshRepositories } from "../support/postgres.ts"
import { register } from "./Client.ts"

/** A client of another program on the same schema. */
class Other extends Context.Service<Other, PgClient.PgClient>()("taskwright/tests/Other") {}

const other = Layer.effect(Other, PgClient.PgClient).pipe(Layer.provide(clientOn({ maxConnections: 2 })))

const readiness = Layer.effect(
  Readiness,
  Effect.map(Effect.context<PgClient.PgClient>(), (client) => ({
    database: Effect.provideContext(PostgresClient.ping, client),
    redis: null,
    mail: Effect.succeed(true),
  })),
)

const storm = 50
/** A timeout that no test reaches. */
const never = 600_000

describeOnPostgres("a table that another program has locked", () => {
  let service: Service
  let database: PgClient.PgClient
  let scope: Scope.Closeable
  let token: string

  const start = (limits: Omit<PostgresClient.PostgresOptions, "url" | "schema">) => {
    beforeAll(async () => {
      scope = Scope.makeUnsafe()
      const ports = Layer.mergeAll(MemorySharedState.layer, MemoryEmailSender.layer, readiness, other).pipe(
        Layer.provideMerge(Layer.merge(freshRepositories(limits), cheapCrypto)),
      )
      const context = await Effect.runPromise(Layer.buildWithScope(ports, scope))
      database = Context.get(context, Other)
      service = await startService(Layer.succeedContext(context), {
        deadlineMillis: 600_000,
        userLimit: { limit: 10_000, windowMillis: 60_000 },
      })
    })
    beforeEach(async () => {
      token = (await register(service)).access_token
    })
    afterAll(async () => {
      await service.stop()
      await Effect.runPromise(Scope.close(scope, Exit.void))
    })
  }

  const statusOf = async (method: "GET" | "POST", path: string, body?: unknown) =>
    (await service.ask(method, path, { token, body })).status

  /** Holds the lock until the function is done. */
  const whileLocked = (table: string, run: () => Promise<void>) =>
    Effect.runPromise(
      database.withTransaction(
        Effect.andThen(database.unsafe(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`), Effect.promise(run)),
      ),
    )

  const waiting = (table: string) =>
    Effect.runPromise(
      Effect.map(
        database<{ count: number }>`SELECT count(*)::int AS count FROM pg_locks
          WHERE relation = ${table}::regclass AND NOT granted`,
        ([row]) => row?.count ?? 0,
      ),
    )

  for (const connections of [2, 4]) {
    describe(`with ${connections} connections, while nothing gives up waiting`, () => {
      start({ maxConnections: connections, lockTimeoutMillis: never, statementTimeoutMillis: never })

      for (const [table, path, free] of [
        ["tasks", "/api/v1/tasks", "/api/v1/categories"],
        ["categories", "/api/v1/categories", "/api/v1/auth/sessions"],
      ] as const) {
        it(`${table}: keeps the lists of other tables and the readiness apart from ${storm} stalled lists`, async () => {
          let answered = 0
          let lists: ReadonlyArray<Promise<number>> = []
          await whileLocked(table, async () => {
            const ask = async () => {
              const status = await statusOf("GET", path)
              answered++
              return status
            }
            lists = Array.from({ length: storm }, ask)
            expect(await statusOf("GET", free)).toBe(200)
            await expect.poll(() => waiting(table), { timeout: 60_000 }).toBeGreaterThan(0)
            for (let count = 0; count < 20; count++) expect(await statusOf("GET", free)).toBe(200)
            expect(await statusOf("GET", "/health/ready")).toBe(200)
            expect(answered).toBe(0)
          })
          expect(new Set(await Promise.all(lists))).toEqual(new Set([200]))
        })
      }
    })
  }

  for (const connections of [3, 4]) {
    describe(`with ${connections} connections, in a storm of reads and writes`, () => {
      start({ maxConnections: connections, lockTimeoutMillis: never, statementTimeoutMillis: never })

      it("keeps units of work on other tables apart too", async () => {
        const title = "Water the plants"
        const { body: made } = await service.ask<{ readonly task: { readonly id: string } }>("POST", "/api/v1/tasks", {
          token,
          body: { title },
        })
        const task = `/api/v1/tasks/${made.task.id}`
        const { access_token: other } = await register(service)
        let answered = 0
        let asked: ReadonlyArray<Promise<number>> = []
        await whileLocked("tasks", async () => {
          const kinds = [
            ["GET", "/api/v1/tasks"],
            ["POST", "/api/v1/tasks", { title }],
            ["PATCH", task, { version: 1, title }],
            ["DELETE", task],
            ["POST", `${task}/categories/${crypto.randomUUID()}`],
            ["GET", task],
          ] as const
          asked = Array.from({ length: storm }, async (_, index) => {
            const [method, path, body] = kinds[index % kinds.length] ?? kinds[0]
            const { status } = await service.ask(method, path, { token, body })
            answered++
            return status
          })
          await expect.poll(() => waiting("tasks"), { timeout: 60_000 }).toBeGreaterThan(0)
          for (let count = 0; count < 5; count++) expect(await statusOf("GET", "/api/v1/categories")).toBe(200)
          const category = { token: other, body: { name: "Garden" } }
          expect((await service.ask("POST", "/api/v1/categories", category)).status).toBe(201)
          await register(service)
          expect(answered).toBe(0)
        })
        await Promise.all(asked)
      })
    })
  }

  describe("with short limits", () => {
    start({ maxConnections: 4, lockTimeoutMillis: 200, statementTimeoutMillis: 400 })

    it("costs each caller of it a 503, and leaves nothing behind that waits", async () => {
      await whileLocked("tasks", async () => {
        const asked = Array.from({ length: storm }, (_, index) =>
          index % 2 === 0
            ? statusOf("GET", "/api/v1/tasks")
            : statusOf("POST", "/api/v1/tasks", { title: "Water the plants" }),
        )
        expect(new Set(await Promise.all(asked))).toEqual(new Set([503]))
        expect(await statusOf("GET", "/api/v1/categories")).toBe(200)
        await expect.poll(() => waiting("tasks"), { timeout: 60_000 }).toBe(0)
      })
      const { body } = await service.ask("GET", "/api/v1/tasks", { token })
      expect(body["data"]).toEqual([])
    })
  })
})
