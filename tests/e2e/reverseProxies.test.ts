/** Holds the service behind nginx and Caddy, with the samples of `deploy/`, to the same contract as without a proxy. */
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type IncomingHttpHeaders, type Server } from "node:http"
import { request } from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { afterAll, beforeAll, expect, it } from "vitest"
import { prepareFolder } from "../support/preparedFolder.ts"
import { caddy, describeBehind, nginx, type RunningProxy, startProxy } from "../support/ReverseProxy.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly json: Record<string, unknown>
}

interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
  /** The client's own address, in 127.0.0.0/8. */
  readonly from?: string
}

/** Sends a request to a proxy. Its certificate is known to this test alone. */
const send = (port: number, path: string, { method = "GET", headers = {}, body, from }: Sent = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: "127.0.0.1", port, path, method, rejectUnauthorized: false, agent: false },
        headers: {
          ...(body === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
          ...headers,
        },
        ...(from === undefined ? {} : { localAddress: from }),
      },
      (answer) => {
        const chunks: Array<Buffer> = []
        answer.on("data", (chunk: Buffer) => chunks.push(chunk))
        answer.on("error", reject)
        answer.on("end", () => {
          const whole = Buffer.concat(chunks)
          const plain = answer.headers["content-encoding"] === "gzip" ? gunzipSync(whole) : whole
          const isJson = /json/.test(answer.headers["content-type"] ?? "")
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: whole,
            json: isJson ? (JSON.parse(plain.toString()) as Record<string, unknown>) : {},
          })
        })
      },
    )
    sent.on("error", reject)
    sent.end(body)
  })

const temporary = (): string => mkdtempSync(join(tmpdir(), "taskwright-proxy-"))
const addressLimit = 12

for (const kind of [nginx, caddy])
  describeBehind(kind, `a service behind ${kind.name}`, () => {
    const [dataDir, proxyFolder, streamFolder] = [temporary(), temporary(), temporary()]
    const longText = "words of a description ".repeat(80)
    let server: ServerProcess
    let proxy: RunningProxy
    let headers: Record<string, string>

    beforeAll(async () => {
      await prepareFolder(dataDir)
      server = await startServer({
        ...{ DATA_DIR: dataDir, TRUST_PROXY: "1", PUBLIC_URL: "https://tasks.example.com" },
        RATE_LIMIT_IP: String(addressLimit),
      })
      proxy = await startProxy(kind, proxyFolder, server.url)
      const registered = await send(proxy.port, "/api/v1/auth/register", {
        method: "POST",
        from: "127.0.0.9",
        body: JSON.stringify({ email: "ada@example.com", password: "Correct Horse 1", full_name: "Ada Lovelace" }),
      })
      expect(registered.status).toBe(201)
      headers = { authorization: `Bearer ${String(registered.json["access_token"])}` }
    })
    afterAll(async () => {
      await proxy?.end()
      await server?.end("SIGTERM")
      for (const folder of [dataDir, proxyFolder, streamFolder]) rmSync(folder, { recursive: true, force: true })
    })

    const ask = (path: string, sent: Sent = {}) =>
      send(proxy.port, path, { ...sent, headers: { ...headers, ...sent.headers } })

    it("keeps the request's id, and adds that only https is used", async () => {
      const answer = await ask("/api/v1/users/me", { headers: { "x-request-id": "from-the-client" } })
      expect(answer.status).toBe(200)
      expect(answer.headers["x-request-id"]).toBe("from-the-client")
      expect(answer.headers["strict-transport-security"]).toBe("max-age=31536000")
      expect((await send(proxy.port, "/metrics")).status).toBe(404)
    })

    it("counts a client by its own address, whatever list the client sends", async () => {
      const forged = [{}, ...Array.from({ length: addressLimit + 3 }, (_, index) => index)].map((index) => ({
        "x-forwarded-for": [
          ...Array.from({ length: Number(index) || 0 }, () => "203.0.113.7"),
          `198.51.100.${index}`,
        ].join(", "),
      }))
      const statuses: Array<number> = []
      for (const list of forged)
        statuses.push((await send(proxy.port, "/api/v1/tasks", { from: "127.0.0.3", headers: list })).status)
      const refused = statuses.filter((status) => status === 429)
      expect(statuses.slice(0, addressLimit)).toEqual(Array.from({ length: addressLimit }, () => 401))
      expect(refused).toHaveLength(statuses.length - addressLimit)
      expect((await send(proxy.port, "/api/v1/tasks", { from: "127.0.0.4" })).status).toBe(401)
    })

    it("leaves the response to a body over 64 KiB, or a batch over 512 KiB, to the service", async () => {
      const body = JSON.stringify({ title: "x".repeat(70_000) })
      const answer = await ask("/api/v1/tasks", { method: "POST", body })
      expect([answer.status, answer.json["code"]]).toEqual([413, "payload_too_large"])
      expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/)
      expect(answer.json["request_id"]).toBe(answer.headers["x-request-id"])
      const largest = `${JSON.stringify({ title: "Buy milk" })}${" ".repeat(60_000)}`
      expect((await ask("/api/v1/tasks", { method: "POST", body: largest })).status).toBe(201)
      const batchOf = (bytes: number) =>
        JSON.stringify({ operations: [{ op: "create_task", task: { title: "Buy milk" } }] }).padEnd(bytes)
      const batch = (bytes: number) => ask("/api/v1/batch", { method: "POST", body: batchOf(bytes) })
      expect((await batch(512 * 1024)).status).toBe(200)
      const tooLarge = await batch(512 * 1024 + 1)
      expect([tooLarge.status, tooLarge.json["code"]]).toEqual([413, "payload_too_large"])
    })

    it("compresses a task, and takes the tag that the client received", async () => {
      const body = JSON.stringify({ title: "Read the novel", description: longText })
      const created = await ask("/api/v1/tasks", { method: "POST", body })
      const path = String(created.headers.location)
      const shown = await ask(path, { headers: { "accept-encoding": "gzip" } })
      expect([shown.status, shown.headers["content-encoding"]]).toEqual([200, "gzip"])
      expect(shown.body.length).toBeLessThan(longText.length / 2)
      const etag = String(shown.headers.etag)
      if (kind === nginx) expect(etag).toBe('W/"1"')
      const same = await ask(path, { headers: { "accept-encoding": "gzip", "if-none-match": etag } })
      expect(same.status).toBe(304)
      const change = {
        method: "PATCH",
        body: JSON.stringify({ title: "Read the epic" }),
        headers: { "if-match": etag },
      }
      const changed = await ask(path, change)
      expect([changed.status, changed.json["task"]]).toEqual([200, expect.objectContaining({ version: 2 })])
      expect((await ask(path, change)).status).toBe(412)
    })

    it("refuses no change whose tag comes from the compressed response before", async () => {
      const gzip = { "accept-encoding": "gzip" }
      const change = async (method: string, path: string, etag: string, fields?: object) => {
        const body = fields === undefined ? {} : { body: JSON.stringify(fields) }
        const answer = await ask(path, { method, headers: { ...gzip, "if-match": etag }, ...body })
        expect([method, path, etag, answer.status]).toEqual([method, path, etag, method === "DELETE" ? 204 : 200])
        if (method !== "DELETE") expect(answer.headers["content-encoding"]).toBe("gzip")
        return String(answer.headers.etag)
      }
      const create = async (path: string, fields: object) => {
        const { headers } = await ask(path, { method: "POST", headers: gzip, body: JSON.stringify(fields) })
        return { path: String(headers.location), etag: String(headers.etag) }
      }
      const task = await create("/api/v1/tasks", { title: "Read the play", description: longText })
      const category = await create("/api/v1/categories", { name: "Reading list" })
      const onTask = `${task.path}/categories/${category.path.split("/").at(-1)}`
      let { etag } = task
      for (const title of ["Read it", "Read it again", "Read it once more"]) {
        etag = await change("PATCH", task.path, etag, { title })
        etag = await change("POST", onTask, etag)
        // Another representation of the same version has another tag, and either is good for a change.
        const renamed = await ask(category.path, {
          method: "PATCH",
          headers: { "if-match": "*" },
          body: JSON.stringify({ name: `${title} (list)` }),
        })
        expect(renamed.status).toBe(200)
        const shown = await ask(task.path, { headers: { ...gzip, "if-none-match": etag } })
        expect([shown.status, shown.headers["content-encoding"]]).toEqual([200, "gzip"])
        expect(shown.headers.etag).not.toBe(etag)
        etag = await change("PATCH", task.path, etag, { status: "in_progress", description: `${title} ${longText}` })
        await change("DELETE", onTask, etag)
        etag = String((await ask(task.path, { headers: gzip })).headers.etag)
      }
      const stale = await ask(task.path, { method: "DELETE", headers: { ...gzip, "if-match": task.etag } })
      expect([stale.status, stale.json["code"], stale.json["base_version"]]).toEqual([412, "version_conflict", 1])
      await change("DELETE", task.path, etag)
    })

    it("passes a response on as it comes", async () => {
      let continues = () => {}
      const slow: Server = createServer((_, response) => {
        response.writeHead(200, { "content-type": "application/json" }).write('["first"')
        continues = () => response.end("]")
      })
      await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve))
      const streaming = await startProxy(kind, streamFolder, `http://127.0.0.1:${(slow.address() as AddressInfo).port}`)
      try {
        const received: Array<string> = []
        await new Promise<void>((resolve, reject) => {
          const sent = request(
            { host: "127.0.0.1", port: streaming.port, path: "/", rejectUnauthorized: false, agent: false },
            (answer) => {
              answer.on("data", (chunk: Buffer) => {
                received.push(chunk.toString())
                // Nothing more is written before the first part has arrived.
                continues()
              })
              answer.on("end", resolve)
            },
          )
          sent.on("error", reject)
          sent.end()
        })
        expect(received[0]).toBe('["first"')
        expect(received.join("")).toBe('["first"]')
      } finally {
        await streaming.end()
        slow.closeAllConnections()
        slow.close()
      }
    })

    it("answers in the service's format while the service is down", async () => {
      await server.end("SIGTERM")
      const answer = await ask("/api/v1/tasks")
      expect([answer.status, answer.json["code"], answer.headers["retry-after"]]).toEqual([503, "unavailable", "5"])
      expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/)
      expect(String(answer.json["request_id"])).toMatch(/^[\w.-]{8,128}$/)
    })
  })
