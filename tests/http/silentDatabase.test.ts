/** Tests the service while its database accepts connections but never responds. */
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, beforeAll, expect } from "vitest"
import { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../../adapters/memory/MemoryEmailSender.ts"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import * as PostgresClient from "../../adapters/postgres/client/PostgresClient.ts"
import { migrate } from "../../adapters/postgres/migrations/Migrations.ts"
import * as PostgresRepositories from "../../adapters/postgres/PostgresRepositories.ts"
import { cheapCrypto } from "../support/cheapCrypto.ts"
import { type Service, startService } from "../support/http.ts"
import { describeOnPostgres, emptySchema, TestSchema } from "../support/postgres.ts"
import { liveScenario } from "../support/steadily.ts"
import { makeTcpProxy, type TcpProxy } from "../support/TcpProxy.ts"
import { register } from "./Client.ts"

// A network that loses every packet reports nothing: no refused connection, no closed one.
describeOnPostgres("a database that goes silent", () => {
  const scope = Scope.makeUnsafe()
  let proxy: TcpProxy
  let service: Service

  beforeAll(async () => {
    const database = Layer.unwrap(
      Effect.gen(function* () {
        const { name, url } = yield* TestSchema
        const target = new URL(Redacted.value(url))
        proxy = yield* Scope.provide(makeTcpProxy({ host: target.hostname, port: Number(target.port || 5432) }), scope)
        yield* proxy.open
        target.host = `127.0.0.1:${proxy.port}`
        return PostgresClient.layer({ url: Redacted.make(target.href), schema: name })
      }),
    ).pipe(Layer.provide(emptySchema))
    const ports = Layer.mergeAll(
      MemorySharedState.layer,
      MemoryEmailSender.layer,
      Layer.succeed(Readiness, { database: Effect.succeed(true), redis: null, mail: Effect.succeed(true) }),
      PostgresRepositories.layer.pipe(
        Layer.provideMerge(Layer.effectDiscard(Effect.orDie(migrate))),
        Layer.provideMerge(database),
      ),
    ).pipe(Layer.provideMerge(cheapCrypto))
    service = await startService(ports, { deadlineMillis: 500 })
  })

  afterAll(async () => {
    await Effect.runPromise(proxy.open)
    await service.stop()
    await Effect.runPromise(Scope.close(scope, Exit.void))
  })

  const serveAndFallSilent = async () => {
    const { access_token: token } = await register(service)
    const list = () => service.ask("GET", "/api/v1/tasks", { token })
    expect((await list()).status).toBe(200)
    await Effect.runPromise(proxy.silence)
    const answers = await Promise.all(Array.from({ length: 20 }, list))
    for (const { body, headers, status } of answers) {
      expect([status, body["code"], headers.get("retry-after")]).toEqual([503, "unavailable", "5"])
    }
    await Effect.runPromise(proxy.open)
    await expect.poll(async () => (await list()).status, { timeout: 30_000 }).toBe(200)
  }

  liveScenario("costs its callers a bounded wait and a 503, and serves them again once it answers", () =>
    // A run that fails on a timeout restores the connection to the database.
    Effect.ensuring(
      Effect.promise(serveAndFallSilent),
      Effect.suspend(() => proxy.open),
    ),
  )
})
