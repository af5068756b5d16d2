/** Tests the service on PostgreSQL while one user runs searches that take long. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../../adapters/memory/MemoryEmailSender.ts"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import { cheapCrypto } from "../support/cheapCrypto.ts"
import { type Service, startService } from "../support/http.ts"
import { describeOnPostgres, freshRepositories } from "../support/postgres.ts"
import { register, type User } from "./Client.ts"

const ready = Layer.succeed(Readiness, { database: Effect.succeed(true), redis: null, mail: Effect.succeed(true) })

/** Enough long descriptions for a search of seconds: it compares each of their letters with each of the search text. */
const tasks = 5_000
const longSearch = `"b${"a".repeat(900)}"`

describeOnPostgres("searches that take long", () => {
  let service: Service
  let scope: Scope.Closeable
  let database: PgClient.PgClient
  let ada: User

  beforeAll(async () => {
    scope = Scope.makeUnsafe()
    const ports = Layer.mergeAll(MemorySharedState.layer, MemoryEmailSender.layer, ready).pipe(
      Layer.provideMerge(
        Layer.merge(freshRepositories({ maxConnections: 4, statementTimeoutMillis: 600_000 }), cheapCrypto),
      ),
    )
    const context = await Effect.runPromise(Layer.buildWithScope(ports, scope))
    database = Context.get(context, PgClient.PgClient)
    service = await startService(Layer.succeedContext(context), { deadlineMillis: 600_000 })
    ada = await register(service)
    await Effect.runPromise(database`
      INSERT INTO tasks (user_id, id, title, description, status, priority, version, created_at, updated_at)
      SELECT ${ada.user.id}, gen_random_uuid(), 'Task ' || n, repeat('a', 2000), 'pending', 'low', 1, now(), now()
      FROM generate_series(1, ${tasks}::int) AS n`)
  })
  afterAll(async () => {
    await service.stop()
    await Effect.runPromise(Scope.close(scope, Exit.void))
  })

  const list = (token: string, parameters: string) => service.ask("GET", `/api/v1/tasks?${parameters}`, { token })

  it("leave a connection to the other lists of tasks", async () => {
    const { access_token: bob } = await register(service)
    let answered = 0
    const searches = Array.from({ length: 4 }, async () => {
      const { status } = await list(ada.access_token, `filter=${encodeURIComponent(longSearch)}&limit=1`)
      answered++
      return status
    })
    const running = Effect.map(
      database<{ count: number }>`SELECT count(*)::int AS count FROM pg_stat_activity
        WHERE state = 'active' AND query LIKE '%strpos%' AND pid <> pg_backend_pid()`,
      ([row]) => row?.count ?? 0,
    )
    await expect.poll(() => Effect.runPromise(running), { timeout: 60_000 }).toBeGreaterThan(0)
    for (let count = 0; count < 5; count++) expect((await list(bob, "limit=5")).status).toBe(200)
    expect(answered).toBe(0)
    expect(new Set(await Promise.all(searches))).toEqual(new Set([200]))
  }, 300_000)
})
