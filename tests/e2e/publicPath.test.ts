/** Holds a service that a proxy publishes under a path to references that clients can follow from outside. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { createServer, request, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { TaskwrightClient } from "../../adapters/http/client/index.ts"
import { exchange } from "../http/RawSocket.ts"
import { prepareFolder } from "../support/preparedFolder.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"

const path = "/team/taskwright"
const password = "Correct Horse 1"
const dataDir = mkdtempSync(join(tmpdir(), "taskwright-path-"))

let server: ServerProcess
let proxy: Server

/** Removes the path and forwards the request. Like most proxies, it serves nothing outside the path. */
const startProxy = async (to: () => string): Promise<Server> => {
  const started = createServer((incoming, outgoing) => {
    if (incoming.url?.startsWith(`${path}/`) !== true) {
      outgoing.writeHead(421).end("outside the path")
      return
    }
    const { headers, method } = incoming
    const passed = request(
      `${to()}${incoming.url.slice(path.length)}`,
      { headers, ...(method && { method }) },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve))
  return started
}

const origin = (): string => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`

/** Requests the target of a reference in a response, resolved as clients do. */
const follow = (reference: string | null, from: string, init: RequestInit = {}) => {
  const url = new URL(reference ?? "", from)
  return fetch(url, { redirect: "manual", ...init })
}

beforeAll(async () => {
  proxy = await startProxy(() => server.url)
  await prepareFolder(dataDir)
  server = await startServer({ DATA_DIR: dataDir, PUBLIC_URL: `${origin()}${path}/`, RATE_LIMIT_IP: "1000" })
})
afterAll(async () => {
  await server?.end("SIGTERM")
  proxy?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

interface Registered {
  readonly access_token: string
  readonly user: { readonly email: string }
}

const register = async (email: string): Promise<Registered> => {
  const answer = await fetch(`${origin()}${path}/api/v1/auth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password, full_name: "Ada Lovelace" }),
  })
  expect(answer.status).toBe(201)
  return (await answer.json()) as Registered
}

const mailedLink = async (page: string): Promise<string> => {
  const mails = () => {
    const texts = readdirSync(join(dataDir, "mail")).map((name) => readFileSync(join(dataDir, "mail", name), "utf8"))
    const decoded = texts.map((text) => text.replaceAll(/=\r?\n/g, "").replaceAll("=3D", "="))
    return decoded.flatMap((text) => new RegExp(`http://\\S+/${page}\\?token=[\\w-]+`).exec(text)?.[0] ?? [])
  }
  await expect.poll(mails, { timeout: 30_000 }).not.toEqual([])
  return mails()[0] ?? ""
}

describe("a service that is published under a path", () => {
  it("leads from its root to the reference, which leads back to the calls", async () => {
    const root = `${origin()}${path}/`
    const redirect = await follow("", root)
    expect([redirect.status, redirect.headers.get("location")]).toEqual([303, `${path}/docs`])
    const reference = await follow(redirect.headers.get("location"), root)
    expect(reference.status).toBe(200)
    const page = await reference.text()
    expect(page).toContain(`"servers":[{"url":"${path}"}]`)
    const document = await (await follow("openapi.json", root)).json()
    expect(document).toMatchObject({ servers: [{ url: path }] })
  })

  it("points from its indexes and its catalog to places under the path", async () => {
    const root = `${origin()}${path}/`
    const index = await follow("api/v1", root)
    expect(index.headers.get("link")).toContain(`<${path}/openapi.json>; rel="service-desc"`)
    const { links } = (await index.json()) as { readonly links: ReadonlyArray<{ readonly href: string }> }
    expect(links.length).toBeGreaterThan(8)
    for (const { href } of links) {
      const { status } = await follow(href, root)
      expect([href, [200, 401].includes(status)]).toEqual([href, true])
    }
    const { linkset } = (await (await follow(".well-known/api-catalog", root)).json()) as {
      readonly linkset: ReadonlyArray<{ readonly anchor: string }>
    }
    expect(linkset.map(({ anchor }) => anchor)).toEqual([`${path}/.well-known/api-catalog`, `${path}/api/v1`])
  })

  it("says where a created task and category are", async () => {
    const { access_token: token } = await register("location@example.com")
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
    const created = [
      ["tasks", { title: "Buy milk" }, `"title":"Buy milk"`],
      ["categories", { name: "Home" }, null],
    ] as const
    for (const [name, body, shown] of created) {
      const url = `${origin()}${path}/api/v1/${name}`
      const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })
      const location = answer.headers.get("location")
      expect([answer.status, location]).toEqual([
        201,
        expect.stringMatching(new RegExp(`^${path}/api/v1/${name}/[\\w-]+$`)),
      ])
      if (shown !== null) expect(await (await follow(location, url, { headers })).text()).toContain(shown)
    }
  })

  it("names the page of every problem, from whatever stage it comes", async () => {
    const { access_token: token } = await register("problems@example.com")
    const json = { "content-type": "application/json" }
    const asked: ReadonlyArray<readonly [string, string, RequestInit]> = [
      ["not_found", "/nothing", {}],
      ["method_not_allowed", "/api/v1/tasks", { method: "PUT" }],
      ["unauthorized", "/api/v1/tasks", {}],
      ["unsupported_media_type", "/api/v1/auth/login", { method: "POST", body: "x" }],
      ["validation_failed", "/api/v1/auth/login", { method: "POST", headers: json, body: "{}" }],
      [
        "task_not_found",
        "/api/v1/tasks/0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968",
        { headers: { authorization: `Bearer ${token}` } },
      ],
    ]
    for (const [code, at, init] of asked) {
      const url = `${origin()}${path}${at}`
      const answer = await fetch(url, init)
      const problem = (await answer.json()) as { readonly type: string; readonly code: string }
      expect([problem.code, problem.type]).toEqual([code, `${path}/problems/${code}`])
      const page = await follow(problem.type, url)
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('href="../docs"')])
    }
    // Input that does not parse as HTTP gets a response before any route applies.
    const [malformed] = await exchange(server.url, "NONSENSE\r\n\r\n")
    expect(JSON.parse(malformed?.body ?? "")).toMatchObject({ type: `${path}/problems/malformed_request` })
  })

  it("mails links whose pages and forms work, and is the issuer of its tokens", async () => {
    const { access_token: token } = await register("mail@example.com")
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString())
    expect(claims).toMatchObject({ iss: `${origin()}${path}` })
    const link = await mailedLink("verify-email")
    expect(link.startsWith(`${origin()}${path}/verify-email?`)).toBe(true)
    // Some programs add a slash. The form leads to the same URL.
    for (const [shown, said] of [
      [link.replace("?", "/?"), "is confirmed"],
      [link, "Nothing was done"],
    ] as const) {
      const page = await fetch(shown)
      const action = /action="([^"]+)"/.exec(await page.text())?.[1] ?? null
      const submitted = await follow(action, page.url, {
        method: "POST",
        body: new URLSearchParams({ token: new URL(link).searchParams.get("token") ?? "" }),
      })
      expect([shown, await submitted.text()]).toEqual([shown, expect.stringContaining(said)])
    }
  })

  it("serves the typed client, which reads its problems", async () => {
    const program = Effect.gen(function* () {
      const { auth, tasks } = yield* TaskwrightClient
      yield* auth.register({ payload: { email: "client@example.com", password, full_name: "Ada Lovelace" } })
      yield* tasks.createTask({ payload: { title: "Buy milk" } })
      const { total } = yield* tasks.listTasks({ query: {} })
      const missing = yield* Effect.flip(tasks.getTask({ params: { task_id: "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968" } }))
      return [total, missing.code]
    })
    const layer = TaskwrightClient.layerFetch({ url: `${origin()}${path}` })
    expect(await Effect.runPromise(Effect.provide(program, layer))).toEqual([1, "task_not_found"])
  })
})
