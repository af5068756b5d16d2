/** Tests the traces of requests as a collector receives them, on memory, PostgreSQL and Redis. */
import { Effect, Layer, Redacted, type Tracer } from "effect"
import { afterAll, describe, expect, it } from "vitest"
import { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../../adapters/memory/MemoryEmailSender.ts"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import * as RedisConnection from "../../adapters/redis/connection/RedisConnection.ts"
import * as TracedRedisConnection from "../../adapters/redis/connection/TracedRedisConnection.ts"
import * as RedisSharedState from "../../adapters/redis/RedisSharedState.ts"
import * as TracedPorts from "../../adapters/telemetry/tracing/TracedPorts.ts"
import { runOutbox } from "../../adapters/workers/EmailWorker.ts"
import { runEmailRequests } from "../../application/mail/HandleEmailRequests.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { cryptoServices, memoryWithWorkers } from "../../bootstrap/memory.ts"
import { describeOnPostgres, freshRepositories } from "../support/postgres.ts"
import { deletePrefix, describeOnRedis, freshPrefix, patientMillis, redisUrl } from "../support/redis.ts"
import { register } from "./Client.ts"
import { suite } from "./tracing/suite.ts"
import { below, client, faulty, internal, treeOf, unset, useTraced } from "./tracing/TracedClient.ts"

const ready = Layer.succeed(Readiness, { database: Effect.succeed(true), redis: null, mail: Effect.succeed(true) })

const postgres = Layer.merge(runEmailRequests, Layer.effectDiscard(runOutbox)).pipe(
  Layer.provideMerge(Layer.mergeAll(MemorySharedState.layer, MemoryEmailSender.layer, ready)),
  Layer.provideMerge(Layer.merge(freshRepositories(), cryptoServices)),
)

const url = redisUrl ?? ""
const prefixes: Array<string> = []
const redisConnection = Layer.unwrap(
  Effect.sync(() => {
    const keyPrefix = freshPrefix()
    prefixes.push(keyPrefix)
    return Layer.provide(
      TracedRedisConnection.layer,
      RedisConnection.layer({ url: Redacted.make(url), keyPrefix, deadlineMillis: patientMillis }),
    )
  }),
)
const redis = Layer.merge(runEmailRequests, Layer.effectDiscard(runOutbox)).pipe(
  Layer.provideMerge(
    Layer.mergeAll(
      MemoryEmailSender.layer,
      ready,
      RedisSharedState.layer.pipe(Layer.provide(MemorySharedState.layer), Layer.provide(redisConnection)),
    ),
  ),
  Layer.provideMerge(Layer.merge(freshRepositories(), cryptoServices)),
)

const traced = useTraced()

describe("traces on memory", () => suite(memoryWithWorkers, false))

describeOnPostgres("traces on PostgreSQL", () => {
  suite(postgres, true)

  it("a unit of work is a span over its statements", async () => {
    const { client: caller, nextTrace } = await traced(postgres)
    await register(caller)
    const [root, trace] = await nextTrace()
    const [useCase] = below(trace, root)
    const transaction = trace.find(({ name }) => name === "transaction")
    expect(transaction).toMatchObject({
      kind: internal,
      parentSpanId: useCase?.spanId,
      attributes: { "db.system.name": "postgresql" },
    })
    const statements = transaction === undefined ? [] : below(trace, transaction)
    expect(statements.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "INSERT accounts INSERT change_heads",
        "INSERT sessions INSERT refresh_tokens",
        "INSERT outgoing_emails",
      ]),
    )
    for (const statement of statements) {
      expect(statement).toMatchObject({ kind: client, status: unset })
      expect(statement.attributes).toEqual({
        "db.system.name": "postgresql",
        "db.query.summary": statement.name,
      })
    }
  })

  it("a statement that fails has the database's code, and the fault is in every span above", async () => {
    const broken = Layer.effect(
      TaskRepository,
      Effect.map(TaskRepository, (inner) => ({
        ...inner,
        list: (userId, query) => inner.list(userId, { ...query, limit: -1 as typeof query.limit }),
      })),
    ).pipe(Layer.provideMerge(postgres))
    const { bytes, client: caller, nextTrace } = await traced(broken)
    const { access_token: token } = await register(caller)
    await nextTrace()
    await caller.ask("GET", "/api/v1/tasks", { token }).catch(() => undefined)
    const [root, trace] = await nextTrace()
    expect(root).toMatchObject({ status: faulty, attributes: { "error.type": "500" } })
    const [useCase] = below(trace, root)
    expect(useCase).toMatchObject({ name: "listTasks", status: faulty, attributes: { "error.type": "2201W" } })
    expect(trace.filter(({ kind }) => kind === client)).toMatchObject([
      { status: faulty, attributes: { "error.type": "2201W", "db.system.name": "postgresql" } },
    ])
    expect(bytes()).not.toContain("must not be negative")
  })
})

describeOnRedis("traces with Redis", () => {
  afterAll(async () => {
    for (const prefix of prefixes) await deletePrefix(url, prefix)
  })

  describeOnPostgres("and PostgreSQL", () => {
    suite(redis, true)

    it("a command is a span below its caller's, and names its script", async () => {
      const { client: caller, nextTrace } = await traced(redis)
      const user = await register(caller)
      await nextTrace()
      await caller.ask("POST", "/api/v1/auth/login", { body: { email: user.user.email, password: user.password } })
      const [root, trace] = await nextTrace()
      const [limit] = below(trace, root).filter(({ kind }) => kind === client)
      expect(limit).toMatchObject({
        name: "EVALSHA taskwrightConsume",
        status: unset,
        attributes: {
          "db.system.name": "redis",
          "db.operation.name": "EVALSHA",
          "db.stored_procedure.name": "taskwrightConsume",
        },
      })
      const useCase = below(trace, root).find(({ name }) => name === "logIn")
      const commands = trace.filter(({ attributes }) => attributes["db.system.name"] === "redis")
      expect(commands.filter(({ parentSpanId }) => parentSpanId === useCase?.spanId).length).toBeGreaterThan(1)
      await caller.ask("POST", "/api/v1/auth/logout", { token: user.access_token })
      const [, ended] = await nextTrace()
      expect(ended.map(({ name }) => name)).toContain("PUBLISH")
    })
  })
})

describe("hashing a password", () => {
  it("is a span below the login", async () => {
    const hashing = TracedPorts.layer.pipe(Layer.provideMerge(memoryWithWorkers))
    const { client: caller, nextTrace } = await traced(hashing)
    const { password, user } = await register(caller)
    await nextTrace()
    await caller.ask("POST", "/api/v1/auth/login", { body: { email: user.email, password } })
    const [root, trace] = await nextTrace()
    expect(treeOf(trace, root)).toEqual(["POST /api/v1/auth/login", ["logIn", "verifyPasswordHash"]])
  })
})

describe("an adapter's own spans", () => {
  it("are exported without attributes that are not known", async () => {
    const spanned = Layer.effect(
      TaskRepository,
      Effect.map(TaskRepository, (inner) => ({
        ...inner,
        list: (userId, query) =>
          Effect.withSpan(inner.list(userId, query), "ownStore.list", {
            kind: "client" satisfies Tracer.SpanKind,
            attributes: { "db.system.name": "own", "user.id": userId },
          }),
      })),
    ).pipe(Layer.provideMerge(memoryWithWorkers))
    const { client: caller, nextTrace } = await traced(spanned)
    const { access_token: token } = await register(caller)
    await nextTrace()
    await caller.ask("GET", "/api/v1/tasks", { token })
    const [, trace] = await nextTrace()
    expect(trace.find(({ name }) => name === "ownStore.list")?.attributes).toEqual({ "db.system.name": "own" })
  })
})
