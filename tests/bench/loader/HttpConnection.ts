/** A minimal HTTP client for the benchmarks. */
import { connect, type Socket } from "node:net"

/** A response. Its body is decoded when it is read. */
export class HttpAnswer {
  readonly status: number
  readonly #body: Buffer

  constructor(status: number, body: Buffer) {
    this.status = status
    this.#body = body
  }

  get body(): string {
    return this.#body.toString("utf8")
  }
}

const headEnd = Buffer.from("\r\n\r\n")

/**
 * A persistent connection that sends one request at a time, and reconnects if the server has closed it. It reads
 * only a status and a Content-Length, which is enough for the servers that are measured here. It must cost little,
 * because it shares the machine with them.
 */
export class HttpConnection {
  readonly #url: URL
  #socket: Socket | undefined
  #received: Buffer = Buffer.alloc(0)
  #waiting: PromiseWithResolvers<HttpAnswer> | undefined

  constructor(url: URL) {
    this.#url = url
  }

  ask(method: string, path: string, token: string | null, body?: string): Promise<HttpAnswer> {
    const waiting = Promise.withResolvers<HttpAnswer>()
    this.#waiting = waiting
    this.#socket ??= this.#connect()
    const authorization = token === null ? "" : `Authorization: Bearer ${token}\r\n`
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${this.#url.host}\r\n${authorization}`
    this.#socket.write(
      body === undefined
        ? `${head}\r\n`
        : `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    return waiting.promise
  }

  /** Closes the connection. The next request opens a new one. */
  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  #connect(): Socket {
    const socket = connect({ host: this.#url.hostname, port: Number(this.#url.port), noDelay: true })
    this.#received = Buffer.alloc(0)
    socket.on("data", (chunk: Buffer) => this.#receive(chunk))
    socket.on("end", () => this.#lose(socket, new Error("the server closed the connection")))
    socket.on("error", (error) => this.#lose(socket, error))
    return socket
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const end = this.#received.indexOf(headEnd)
    if (end === -1) return
    const head = this.#received.toString("latin1", 0, end)
    const status = Number(head.slice(9, 12))
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length === undefined && status !== 204) {
      this.#socket?.destroy(new Error(`no Content-Length in:\n${head}`))
      return
    }
    const bodyStart = end + headEnd.length
    const bodyEnd = bodyStart + Number(length ?? 0)
    if (this.#received.length < bodyEnd) return
    const body = this.#received.subarray(bodyStart, bodyEnd)
    this.#received = this.#received.subarray(bodyEnd)
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve(new HttpAnswer(status, body))
  }

  #lose(socket: Socket, error: Error): void {
    socket.destroy()
    if (this.#socket !== socket) return
    this.#socket = undefined
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }
}
