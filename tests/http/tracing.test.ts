/** Tests the traces of requests as a collector receives them, on memory, PostgreSQL and Redis. */
import { connect } from "node:net"
import { Effect, Layer, Logger, Redacted, type Tracer } from "effect"
import { afterAll, afterEach, describe, expect, it } from "vitest"
import { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../../adapters/memory/MemoryEmailSender.ts"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import * as RedisConnection from "../../adapters/redis/connection/RedisConnection.ts"
import * as TracedRedisConnection from "../../adapters/redis/connection/TracedRedisConnection.ts"
import * as RedisSharedState from "../../adapters/redis/RedisSharedState.ts"
import * as TracedPorts from "../../adapters/telemetry/tracing/TracedPorts.ts"
import * as TracingLayer from "../../adapters/telemetry/tracing/TracingLayer.ts"
import { runOutbox } from "../../adapters/workers/EmailWorker.ts"
import { runEmailRequests } from "../../application/mail/HandleEmailRequests.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { cryptoServices, memoryWithWorkers } from "../../bootstrap/memory.ts"
import type { ReceivedSpan } from "../support/OtlpMessages.ts"
import { startReceiver } from "../support/otlpReceiver.ts"
import { describeOnPostgres, freshRepositories } from "../support/postgres.ts"
import { deletePrefix, describeOnRedis, freshPrefix, patientMillis, redisUrl } from "../support/redis.ts"
import type { CategoryResponse, TaskResponse } from "./Answers.ts"
import { type Client, mailedTokens, register, type SuitePorts, startClient } from "./Client.ts"

const soon = <A>(look: () => A) => expect.poll(look, { timeout: 60_000 })

const [internal, server, client] = [1, 2, 3]
const [unset, faulty] = [0, 2]

interface Traced {
  readonly client: Client
  /** The bytes of every export. */
  readonly bytes: () => string
  readonly lines: () => ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly spans: () => ReadonlyArray<ReceivedSpan>
  /** Waits for the span of the one request since the last call, and returns it with all spans of its trace. */
  readonly nextTrace: (name?: string) => Promise<readonly [ReceivedSpan, ReadonlyArray<ReceivedSpan>]>
  readonly stop: () => Promise<void>
}

const startTraced = async (
  ports: SuitePorts,
  options: Partial<TracingLayer.TracingOptions> = {},
  settings: Parameters<typeof startClient>[1] = {},
): Promise<Traced> => {
  const receiver = await startReceiver()
  const texts: Array<string> = []
  const keep = Logger.map(Logger.formatJson, (line) => {
    texts.push(line)
  })
  const tracing = TracingLayer.layer({
    url: `${receiver.url}/v1/traces`,
    protocol: "http/json",
    headers: {},
    serviceName: "taskwright",
    version: "1.2.3",
    resource: { "deployment.environment.name": "test" },
    sampler: "parentbased_always_on",
    ratio: 1,
    serverAttributes: { "url.scheme": "https", "server.address": "tasks.example.com", "server.port": 443 },
    limits: { intervalMillis: 20 },
    ...options,
  })
  const client = await startClient(Layer.merge(ports, tracing), settings, [keep])
  const seen = new Set<string>()
  return {
    client,
    bytes: () => receiver.exports.map(({ body }) => body.toString("latin1")).join("\n"),
    lines: () => texts.map((text) => (JSON.parse(text) as { annotations: Record<string, unknown> }).annotations),
    spans: receiver.spans,
    nextTrace: async (name) => {
      const find = () =>
        receiver
          .spans()
          .find((span) => span.kind === server && !seen.has(span.spanId) && (name === undefined || span.name === name))
      await soon(find).toBeDefined()
      const root = find()
      if (root === undefined) throw new Error("the span was there")
      for (const { kind, spanId } of receiver.spans()) if (kind === server) seen.add(spanId)
      return [root, receiver.spans().filter(({ traceId }) => traceId === root.traceId)]
    },
    stop: async () => {
      await client.stop()
      await receiver.stop()
    },
  }
}

const below = (spans: ReadonlyArray<ReceivedSpan>, { spanId }: ReceivedSpan): ReadonlyArray<ReceivedSpan> =>
  spans.filter(({ parentSpanId }) => parentSpanId === spanId)

/** The names of the spans as a tree, in the order of their starts. */
const treeOf = (spans: ReadonlyArray<ReceivedSpan>, root: ReceivedSpan): unknown => {
  const children = below(spans, root).toSorted((one, other) => Number(one.start - other.start))
  return children.length === 0 ? root.name : [root.name, ...children.map((child) => treeOf(spans, child))]
}

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

const running: Array<Traced> = []
const traced = async (...parameters: Parameters<typeof startTraced>): Promise<Traced> => {
  const started = await startTraced(...parameters)
  running.push(started)
  return started
}
afterEach(async () => {
  for (const { stop } of running.splice(0)) await stop()
})

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
const parentId = "00f067aa0ba902b7"
const parentOf = (flags: string) => ({ traceparent: `00-${traceId}-${parentId}-${flags}` })

const suite = (ports: SuitePorts, hasDatabase: boolean) => {
  it.each(["http/json", "http/protobuf"] as const)("a request is a trace by %s", async (protocol) => {
    const { client: caller, lines, nextTrace, spans } = await traced(ports, { protocol })
    const user = await register(caller)
    const [registered, all] = await nextTrace()
    expect(registered.name).toBe("POST /api/v1/auth/register")
    expect(below(all, registered).map(({ name }) => name)).toContain("register")

    const body = { title: "Buy milk" }
    const { task } = (await caller.ask<TaskResponse>("POST", "/api/v1/tasks", { token: user.access_token, body })).body
    const [root, trace] = await nextTrace()
    expect(root).toMatchObject({
      name: "POST /api/v1/tasks",
      kind: server,
      parentSpanId: "",
      traceState: "",
      flags: 0x101,
      status: unset,
      events: 0,
      resource: {
        "service.name": "taskwright",
        "service.instance.id": expect.stringMatching(/^[0-9a-f-]{36}$/),
        "deployment.environment.name": "test",
        "telemetry.sdk.language": "nodejs",
      },
      scope: { name: "taskwright", version: "1.2.3" },
    })
    expect(root.attributes).toEqual({
      "http.request.method": "POST",
      "http.route": "/api/v1/tasks",
      "http.response.status_code": 201,
      "url.scheme": "https",
      "server.address": "tasks.example.com",
      "server.port": 443,
      "client.address": "127.0.0.1",
      "network.protocol.version": "1.1",
    })
    const useCase = below(trace, root).find(({ kind }) => kind === internal)
    expect(useCase && treeOf(trace, useCase)).toEqual(hasDatabase ? ["createTask", "INSERT tasks"] : "createTask")
    for (const { end, start, traceId } of trace) {
      expect(traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/)
      expect(start <= end && start >= root.start && end <= root.end).toBe(true)
      expect(Math.abs(Number(start / 1_000_000n) - Date.now())).toBeLessThan(300_000)
    }
    const access = lines().find(({ route }) => route === "POST /api/v1/tasks")
    expect(access).toMatchObject({ trace_id: root.traceId, span_id: root.spanId, status: 201 })

    await caller.ask("GET", `/api/v1/tasks/${task.id}`, { token: user.access_token })
    expect((await nextTrace())[0].name).toBe("GET /api/v1/tasks/:task_id")
    await caller.ask("HEAD", "/health?probe=1")
    const [health] = await nextTrace()
    expect([health.name, health.attributes["http.request.method"]]).toEqual(["HEAD /health", "HEAD"])
    // Workers and synchronization have no request, and no spans.
    const roots = new Map(spans().map((span) => [span.traceId, false]))
    for (const span of spans()) if (span.kind === server) roots.set(span.traceId, true)
    expect([...roots.values()]).not.toContain(false)
  })

  it("a client's trace is continued, with its tracestate, and a malformed one begins anew", async () => {
    const { client: caller, lines, nextTrace } = await traced(ports)
    const { access_token: token } = await register(caller)
    await nextTrace()
    const list = (headers: Record<string, string>) => caller.ask("GET", "/api/v1/tasks", { token, headers })
    await list({ ...parentOf("01"), tracestate: "rojo=1, congo=2" })
    const [root, trace] = await nextTrace()
    expect(root).toMatchObject({ traceId, parentSpanId: parentId, traceState: "rojo=1,congo=2", flags: 0x301 })
    for (const span of trace) {
      if (span.spanId !== root.spanId) expect(span).toMatchObject({ traceState: "rojo=1,congo=2", flags: 0x101 })
    }
    expect(lines().at(-1)).toMatchObject({ trace_id: traceId, span_id: root.spanId })

    await list({ ...parentOf("01"), tracestate: `long=${"x".repeat(508)}` })
    expect((await nextTrace())[0]).toMatchObject({ traceId, traceState: "" })

    await list({ traceparent: `00-${"0".repeat(32)}-${parentId}-01`, tracestate: "rojo=1" })
    const [anew] = await nextTrace()
    expect(anew).toMatchObject({ parentSpanId: "", traceState: "" })
    expect(anew.traceId).not.toBe(traceId)
  })

  it("nothing is recorded of a trace that is not sampled", async () => {
    const { client: caller, lines, nextTrace, spans } = await traced(ports)
    const { access_token: token } = await register(caller)
    await nextTrace()
    const before = spans().length
    await caller.ask("GET", "/api/v1/tasks", { token, headers: parentOf("00") })
    expect(lines().at(-1)).toMatchObject({ trace_id: traceId })
    expect(lines().at(-1)).not.toHaveProperty("span_id")
    await caller.ask("GET", "/health")
    await nextTrace("GET /health")
    expect(spans().filter((span) => span.traceId === traceId)).toEqual([])
    expect(spans().length).toBeLessThanOrEqual(before + 2)
  })

  it.each([
    ["always_off", [0, 0]],
    ["always_on", [1, 1]],
    ["parentbased_always_off", [1, 0]],
    ["traceidratio", [0, 0]],
  ] as const)("the sampler %s decides", async (sampler, [continued, ended]) => {
    const { client: caller, spans, stop } = await traced(ports, { sampler, ratio: 0 })
    await caller.ask("GET", "/health", { headers: parentOf("01") })
    await caller.ask("GET", "/health", { headers: parentOf("00") })
    await caller.ask("GET", "/health")
    const received = spans
    running.splice(0)
    await stop()
    const ofServer = received().filter(({ kind }) => kind === server)
    expect(ofServer.filter((span) => span.traceId === traceId)).toHaveLength(continued + ended)
    expect(ofServer).toHaveLength(continued + 2 * ended)
  })

  it("a refused request is no fault, and says which rule refused it", async () => {
    const { client: caller, nextTrace } = await traced(ports)
    const { access_token: token } = await register(caller)
    await nextTrace()
    await caller.ask("GET", "/api/v1/tasks/0193a5b0-7c1e-7b43-9d55-3c8a4f0e6a11", { token })
    const [missing, trace] = await nextTrace()
    expect(missing).toMatchObject({ status: unset, attributes: { "http.response.status_code": 404 } })
    expect(missing.attributes).not.toHaveProperty("error.type")
    const useCase = below(trace, missing).find(({ kind }) => kind === internal)
    expect(useCase).toMatchObject({ name: "getTask", kind: internal, status: unset })
    expect(useCase?.attributes).toEqual({ "taskwright.domain_error": "TaskNotFound" })

    await caller.ask("GET", "/api/v1/tasks")
    const [unauthorized, alone] = await nextTrace()
    expect(alone.filter(({ kind }) => kind === internal)).toEqual([])
    expect(unauthorized).toMatchObject({ status: unset, attributes: { "http.response.status_code": 401 } })
    await caller.ask("GET", "/no/such/path?token=none")
    const [unknown] = await nextTrace()
    expect(unknown.name).toBe("GET")
    expect(unknown.attributes).not.toHaveProperty("http.route")
    await caller.ask("PROPFIND", "/health")
    const [odd] = await nextTrace()
    expect(odd.name).toBe("HTTP /health")
    expect(odd.attributes).toMatchObject({
      "http.request.method": "_OTHER",
      "http.request.method_original": "PROPFIND",
      "http.response.status_code": 405,
    })
  })

  it("no export has a secret, an address or a text of a user", async () => {
    const {
      bytes,
      client: caller,
      nextTrace,
    } = await traced(ports, { protocol: "http/protobuf" }, { trustedProxies: 1 })
    const email = `distinctive.address.${Math.random()}@example.com`
    const user = await register(caller, email)
    const [mailed = ""] = await mailedTokens(caller, email)
    const words = [
      "Distinctive Passw0rd",
      "Distinctive title",
      "distinctive-query",
      "distinctive-path",
      "Distinctive agent",
    ]
    const secrets = [...words, email, user.password, user.access_token, user.refresh_token, mailed, "Ada Lovelace"]
    const auth = "/api/v1/auth"
    const [password = "", title, query, path, agent = ""] = words
    const headers = { "user-agent": agent, referer: `http://x/?${query}`, "x-request-id": "distinctive-request" }
    const ask = <Body>(method: string, at: string, body?: unknown) =>
      caller.ask<Body>(method, at, { token: user.access_token, body, headers })
    await ask("POST", `${auth}/register`, { email, password: user.password, full_name: "Ada Lovelace" })
    await ask("POST", `${auth}/login`, { email, password })
    await ask("POST", `${auth}/login`, { email, password: user.password })
    await ask("POST", `${auth}/refresh`, { refresh_token: user.refresh_token })
    await ask("POST", `${auth}/refresh`, { refresh_token: user.refresh_token })
    await ask("POST", `${auth}/forgot-password`, { email })
    await ask("POST", `${auth}/verify-email`, { token: mailed })
    await ask("GET", `/verify-email?token=${mailed}`)
    await ask("GET", `/${path}?${query}=${mailed}`)
    const again = await register(caller)
    const token = again.access_token
    const send = <Body>(method: string, at: string, body?: unknown) =>
      caller.ask<Body>(method, at, { token, body, headers })
    const { task } = (await send<TaskResponse>("POST", "/api/v1/tasks", { title, description: title })).body
    const category = (await send<CategoryResponse>("POST", "/api/v1/categories", { name: title })).body.category
    await send("POST", "/api/v1/categories", { name: title })
    await send("PATCH", `/api/v1/tasks/${task.id}`, { version: 7, title })
    await send("PATCH", `/api/v1/tasks/${task.id}`, { version: 1, title: `${title} again` })
    await send("POST", `/api/v1/tasks/${task.id}/categories/${category.id}`)
    await send("GET", `/api/v1/tasks?status=${query}`)
    await send("GET", "/api/v1/tasks?status=pending&sort=due_date")
    await send("DELETE", "/api/v1/users/me", { password: again.password })
    await nextTrace("DELETE /api/v1/users/me")
    secrets.push(again.user.email, again.access_token, again.refresh_token, task.id, category.id, "distinctive-request")
    const sent = bytes()
    expect(sent).toContain("/api/v1/tasks/:task_id")
    for (const secret of secrets) expect(sent.toLowerCase()).not.toContain(secret.toLowerCase())
    expect(sent.toLowerCase()).not.toContain("distinctive")
  })

  it("a client that disconnects leaves a span without a status", async () => {
    const { client: caller, nextTrace } = await traced(ports)
    const { hostname, port } = new URL(caller.url)
    const socket = connect(Number(port), hostname)
    socket.on("error", () => undefined)
    socket.write(
      `POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{`,
    )
    await caller.ask("GET", "/health")
    await nextTrace("GET /health")
    socket.destroy()
    const [gone] = await nextTrace("POST /api/v1/auth/login")
    expect(gone).toMatchObject({ status: faulty, attributes: { "error.type": "client_disconnected" } })
    expect(gone.attributes).not.toHaveProperty("http.response.status_code")
  })
}

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
      expect.arrayContaining(["INSERT accounts", "INSERT sessions INSERT refresh_tokens", "INSERT outgoing_emails"]),
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
