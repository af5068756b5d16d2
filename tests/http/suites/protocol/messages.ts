/** Tests the service with raw, malformed and partial HTTP requests. */
import { once } from "node:events"
import { connect } from "node:net"
import { setTimeout as delay } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Client, register, type SuitePorts, startClient, type User } from "../../Client.ts"
import { exchange, request } from "../../RawSocket.ts"
import { expectProblem } from "./expectProblem.ts"

const json = ["Content-Type: application/json"]
const loginBody = '{"email":"ada@example.com","password":"Wrong"}'
const chunked = (...chunks: ReadonlyArray<string>) =>
  chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("")

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the protocol on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const send = (...parts: ReadonlyArray<string | Uint8Array>) => exchange(client.url, ...parts)

    it("a CONNECT request is refused with a response", async () => {
      for (const target of ["example.com:443", "/health", "/api/v1/tasks"]) {
        const answers = await send(`CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\nmore`)
        expect(answers).toHaveLength(1)
        expectProblem(target, answers[0], "malformed_request")
        expect(answers[0]?.headers["connection"]).toBe("close")
      }
    })

    it("a request that is not HTTP/1.1 is refused, and its connection is closed", async () => {
      const login = (...headers: ReadonlyArray<string>) =>
        request("POST /api/v1/auth/login", [...json, ...headers], loginBody)
      const length = `Content-Length: ${loginBody.length}`
      const malformed = {
        "length and chunks": login(length, "Transfer-Encoding: chunked"),
        "two lengths": login(length, "Content-Length: 3"),
        "a list of lengths": login("Content-Length: 46, 47"),
        "a negative length": login("Content-Length: -1"),
        "a length with a sign": login("Content-Length: +46"),
        "a length that is no number": login("Content-Length: many"),
        "an unknown coding": login("Transfer-Encoding: gzip"),
        "a coding after chunks": login("Transfer-Encoding: chunked, identity"),
        "a space before the colon": login("Content-Length : 46"),
        "a folded header": login("X-Folded: a\r\n b", length),
        "a NUL in a header": login("X-Bad: a\0b", length),
        "a method in lower case": "get /health HTTP/1.1\r\nHost: x\r\n\r\n",
        "an unknown method": "BREW /health HTTP/1.1\r\nHost: x\r\n\r\n",
        "line feeds alone": "GET /health HTTP/1.1\nHost: x\n\n",
        "a space in the target": "GET /health /x HTTP/1.1\r\nHost: x\r\n\r\n",
        "another version": "GET /health HTTP/3.0\r\nHost: x\r\n\r\n",
        "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "no slash": "GET health HTTP/1.1\r\nHost: x\r\n\r\n",
        TLS: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
      }
      for (const [what, text] of Object.entries(malformed)) {
        const answers = await send(text)
        expect([what, answers.length]).toEqual([what, 1])
        expectProblem(what, answers[0], "malformed_request")
        expect([what, answers[0]?.headers["connection"]]).toEqual([what, "close"])
      }
    })

    it("an unknown transfer coding of a body is refused on every route", async () => {
      for (const coding of ["gzip, chunked", "deflate, chunked", "identity, chunked", "GZIP,Chunked", "x, chunked"]) {
        for (const start of ["POST /api/v1/auth/login", "GET /health", "GET /nope", "POST /verify-email"]) {
          const headers = request(start, [...json, `Transfer-Encoding: ${coding}`])
          const [answer] = await send(`${headers}${chunked(loginBody)}0\r\n\r\n`)
          expectProblem(`${start} ${coding}`, answer, "unsupported_transfer_coding")
        }
      }
      const [twoHeaders] = await send(
        `${request("POST /api/v1/auth/login", [...json, "Transfer-Encoding: gzip", "Transfer-Encoding: chunked"])}0\r\n\r\n`,
      )
      expectProblem("two headers", twoHeaders, "unsupported_transfer_coding")
      const known = request("POST /api/v1/auth/login", [...json, "Transfer-Encoding: CHUNKED"])
      expectProblem("chunked", (await send(`${known}${chunked(loginBody)}0\r\n\r\n`))[0], "invalid_credentials")
    })

    it("a request gets one response if its body proves malformed after it", async () => {
      for (const headers of ["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"]) {
        const answers = await send(`GET /health HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\nzz\r\n`)
        expect([headers, answers.length]).toEqual([headers, 1])
      }
    })

    it("malformed chunks close the connection, and reach no handler", async () => {
      const headers = request("POST /api/v1/auth/login", [...json, "Transfer-Encoding: chunked"])
      for (const chunks of [
        "zz\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}XX0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n{}",
      ]) {
        const answers = await send(headers + chunks)
        for (const answer of answers) expectProblem(chunks, answer, "malformed_request")
      }
    })

    it("a request needs exactly one Host header", async () => {
      expectProblem("none", (await send("GET /health HTTP/1.1\r\nConnection: close\r\n\r\n"))[0], "malformed_request")
      expectProblem("two", (await send(request("GET /health", ["Host: other"])))[0], "malformed_request")
      expectProblem("two", (await send(request("GET /health", ["hOST: localhost"])))[0], "malformed_request")
      expect((await send("GET /health HTTP/1.0\r\n\r\n"))[0]?.status).toBe(200)
    })

    it("headers or a target over 16 KiB are refused as too large", async () => {
      const [large] = await send(request("GET /health", [`X-Large: ${"x".repeat(16 * 1024)}`]))
      expectProblem("header", large, "headers_too_large")
      const [many] = await send(
        request(
          "GET /health",
          Array.from({ length: 1500 }, (_, index) => `X-${index}: ${index}`),
        ),
      )
      expectProblem("headers", many, "headers_too_large")
      const [target] = await send(request(`GET /${"x".repeat(16 * 1024)}`))
      expectProblem("target", target, "headers_too_large")
      expect((await send(request("GET /health", [`X-Large: ${"x".repeat(15 * 1024)}`])))[0]?.status).toBe(200)
    })

    it("a body whose Content-Length is too large is refused before it is sent", async () => {
      // The body is not sent: a response shows that the service did not wait for it.
      const [answer] = await send(request("POST /api/v1/auth/login", [...json, `Content-Length: ${64 * 1024 + 1}`]))
      expectProblem("length", answer, "payload_too_large")
      expect(answer?.headers["connection"]).toBe("close")
      const [huge] = await send(request("POST /api/v1/tasks", [...json, "Content-Length: 99999999999"]))
      expectProblem("huge", huge, "payload_too_large")
    })

    it("a chunked body is refused as soon as it is too large", async () => {
      const headers = request("POST /api/v1/auth/login", [...json, "Transfer-Encoding: chunked"])
      // The last chunk is never sent.
      const [answer] = await send(headers, chunked("x".repeat(40_000), "x".repeat(40_000)))
      expectProblem("chunks", answer, "payload_too_large")
      const [whole] = await send(headers, `${chunked(loginBody.slice(0, 9), loginBody.slice(9))}0\r\n\r\n`)
      expectProblem("small chunks", whole, "invalid_credentials")
    })

    it("a body of a megabyte is refused", async () => {
      const [answer] = await send(
        request("POST /api/v1/auth/login", [...json, `Content-Length: ${1024 * 1024}`]),
        "x".repeat(1024 * 1024),
      )
      expectProblem("length", answer, "payload_too_large")
    })

    it("a refused body may still be sent while its sender reads the response", async () => {
      const { hostname, port } = new URL(client.url)
      const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
      const failed: Array<Error> = []
      socket.on("error", (error) => failed.push(error))
      let answer = ""
      socket.setEncoding("utf8").on("data", (chunk) => {
        answer += chunk
      })
      socket.write(request("POST /api/v1/auth/login", [...json, `Content-Length: ${512 * 1024}`]))
      // The service ends its side after the response, and must not reset the connection at what still comes.
      await once(socket, "end")
      for (let sent = 0; sent < 512; sent += 64) {
        socket.write("x".repeat(64 * 1024))
        await delay(20)
      }
      expect(failed).toEqual([])
      expect(answer).toMatch(/^HTTP\/1\.1 413 .*"code":"payload_too_large"/s)
      socket.destroy()
    })

    it("a body without a media type is refused, also on routes without a body", async () => {
      const length = `Content-Length: ${loginBody.length}`
      expectProblem(
        "none",
        (await send(request("POST /api/v1/auth/login", [length], loginBody)))[0],
        "unsupported_media_type",
      )
      expectProblem(
        "empty",
        (await send(request("POST /api/v1/auth/login", ["Content-Length: 0"])))[0],
        "unsupported_media_type",
      )
      expectProblem("empty", (await send(request("POST /api/v1/auth/login")))[0], "unsupported_media_type")
      const authorization = `Authorization: Bearer ${ada.access_token}`
      const logout = request("POST /api/v1/auth/logout", [authorization, length], loginBody)
      expectProblem("logout", (await send(logout))[0], "unsupported_media_type")
      const [none] = await send(request(`DELETE /api/v1/tasks/${ada.user.id}`, [authorization, "Content-Length: 0"]))
      expectProblem("delete", none, "task_not_found")
    })

    it("pipelined requests are answered in their order, each with its own id", async () => {
      const get = (target: string, id: string, more = "") =>
        `GET ${target} HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: ${id}\r\n${more}\r\n`
      const answers = await send(
        get("/health", "first") + get("/nope", "second") + get("/api/v1/tasks", "third", "Connection: close\r\n"),
      )
      expect(answers.map(({ headers, status }) => [status, headers["x-request-id"]])).toEqual([
        [200, "first"],
        [404, "second"],
        [401, "third"],
      ])
    })

    it("a body is never read as the next request", async () => {
      const hidden = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
      const answers = await send(
        request(`DELETE /api/v1/tasks/${ada.user.id}`, [...json, `Content-Length: ${hidden.length}`], hidden),
      )
      expect(answers.map(({ status }) => status)).toEqual([401])
    })

    it("an Expect header is answered with 100 or ignored", async () => {
      const length = `Content-Length: ${loginBody.length}`
      const [go, answer] = await send(
        request("POST /api/v1/auth/login", [...json, length, "Expect: 100-continue"], loginBody),
      )
      expect(go?.status).toBe(100)
      expectProblem("continue", answer, "invalid_credentials")
      expect((await send(request("GET /health", ["Expect: something-else"])))[0]?.status).toBe(200)
      const tooLarge = [...json, "Content-Length: 100000", "Expect: 100-continue"]
      expectProblem("large", (await send(request("POST /api/v1/auth/login", tooLarge)))[0], "payload_too_large")
    })

    it("an upgrade to another protocol is ignored", async () => {
      for (const protocol of ["h2c", "websocket"]) {
        const upgrade = [
          "GET /health HTTP/1.1",
          "Host: localhost",
          "Connection: Upgrade, close",
          `Upgrade: ${protocol}`,
        ]
        expect((await send(`${upgrade.join("\r\n")}\r\n\r\n`))[0]?.status).toBe(200)
      }
      for (const answer of await send("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n")) {
        expect(answer.status).toBeGreaterThanOrEqual(400)
      }
    })
  })
