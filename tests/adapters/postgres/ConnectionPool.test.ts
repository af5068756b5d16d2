/** How many writes to the socket statements take that come from different callbacks in one turn of the event loop. */
import { Socket } from "node:net"
import { PgClient } from "@effect/sql-pg"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { vi } from "vitest"
import { describeOnPostgres, freshRepositories, serverUrl } from "../../support/postgres.ts"

/** Of the server that the suite runs on. */
const port = Number(new URL(serverUrl ?? "postgres://localhost").port || 5432)

/** The fewest that no longer arise by chance, and few enough for one connection. */
const count = 6

/** Lets every microtask run that is queued by now, with those that follow from it, in the same turn. */
const drainMicrotasks = () => new Promise<void>((resolve) => process.nextTick(resolve))

describeOnPostgres("statements of one turn of the event loop", () => {
  layer(freshRepositories({ maxConnections: 4 }), { excludeTestServices: true })((it) => {
    it.effect("share one write", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        yield* sql`SELECT 1`
        const write = vi.spyOn(Socket.prototype, "write")
        yield* Effect.addFinalizer(() => Effect.sync(() => write.mockRestore()))
        yield* Effect.promise(async () => {
          const answers: Array<Promise<unknown>> = []
          for (let started = 0; started < count; started++) {
            answers.push(Effect.runPromise(sql`SELECT 1`))
            await drainMicrotasks()
          }
          await Promise.all(answers)
        })
        const sockets = write.mock.contexts.filter((socket) => socket instanceof Socket && socket.remotePort === port)
        expect(sockets.length).toBe(1)
      }),
    )
  })
})
