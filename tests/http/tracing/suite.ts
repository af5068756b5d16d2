/** The tests of every promise about traces that holds on every store. */
import { connect } from "node:net"
import { expect, it } from "vitest"
import type { CategoryResponse, TaskResponse } from "../Answers.ts"
import { mailedTokens, register, type SuitePorts } from "../Client.ts"
import { below, faulty, internal, server, treeOf, unset, useTraced } from "./TracedClient.ts"

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
const parentId = "00f067aa0ba902b7"
const parentOf = (flags: string) => ({ traceparent: `00-${traceId}-${parentId}-${flags}` })

/** Registers the tests. */
export const suite = (ports: SuitePorts, hasDatabase: boolean) => {
  const traced = useTraced()

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
    expect(useCase && treeOf(trace, useCase)).toEqual(
      hasDatabase ? ["createTask", "UPDATE change_heads INSERT tasks INSERT changes SELECT sessions"] : "createTask",
    )
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
    await stop()
    const ofServer = spans().filter(({ kind }) => kind === server)
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
