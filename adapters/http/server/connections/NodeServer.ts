/** Configures Node's HTTP server, and responds to what Node cannot parse. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import { problem } from "../../api/v1/Problem.ts"
import { problemContentType } from "../../api/v1/ProblemSchemas.ts"
import type { ProblemCode } from "../../api/v1/ProblemTypes.ts"
import { requestId } from "../request/RequestId.ts"
import { type Connections, followConnections } from "./Connections.ts"
import { cutOffStalledReaders } from "./StalledReaders.ts"
import { readSystemQueues } from "./SystemQueues.ts"

/** Limits on the resources that a connection may use; all times in milliseconds. */
const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  /** Longer than common load balancers keep a connection, so that the balancer closes it first. */
  keepAliveTimeout: 65_000,
}
const maxConnections = 20_000

/**
 * Node's HTTP server with limits on size and time, and its connections. Input that is not valid HTTP gets a problem,
 * too.
 */
export const nodeServer = (
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  stalledReaders: { readonly limitMillis: number; readonly onCut: (connections: number) => void },
  publicPath = "",
): { readonly server: Server; readonly connections: Connections } => {
  // Node's own response to a missing Host is empty; the request handler responds with a problem.
  const server = createServer({ ...limits, requireHostHeader: false })
  server.maxConnections = maxConnections
  const connections = followConnections(server)
  server.on("clientError", (error, socket) => {
    const response = connections.latestOn(socket)
    // A request can prove malformed after the response to it was sent. It gets no second response.
    if (response?.headersSent === true && !response.req.complete) closeSoon(socket)
    else respondToClientError(error, socket, publicPath)
  })

  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    connections.add(response, () => handle(request, response))
  }
  server.on("request", onRequest)
  server.on("checkContinue", (request, response) => {
    onRequest(request, response)
    // A body that is too large is refused at once, so its client need not send it.
    if (!response.headersSent) response.writeContinue()
  })
  // RFC 9110 §10.1.1 lets a server ignore an unknown expectation. Node's own response to one is empty.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response))
  // Node itself sends no response to a request for a tunnel. It has removed its listeners from the socket.
  server.on("connect", (_request, socket) => {
    socket.on("error", () => socket.destroy()).resume()
    const reject = () => respondToClientError(new Error("no tunnels"), socket, publicPath)
    const before = connections.latestOn(socket)
    if (before === undefined || before.closed) reject()
    else before.once("close", reject)
  })
  server.once(
    "close",
    cutOffStalledReaders(connections.sockets, stalledReaders.limitMillis, readSystemQueues, stalledReaders.onCut),
  )
  return { server, connections }
}

const codes: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
}

/** How long a client may still send and read after its connection was ended, in milliseconds. */
const lingerMillis = 500

/**
 * Ends a connection after a last response. Closing at once could reset it before the client has read the response. A
 * client that never closes its own side MUST NOT keep it open.
 */
const closeSoon = (socket: Duplex, text = ""): void => {
  if (!socket.writable) return
  socket.end(text)
  setTimeout(() => socket.destroy(), lingerMillis).unref()
}

const respondToClientError = (error: NodeJS.ErrnoException, socket: Duplex, publicPath: string): void => {
  if (error.code === "ECONNRESET") {
    socket.destroy()
    return
  }
  const id = requestId(undefined)
  const body = problem(codes[error.code ?? ""] ?? "malformed_request", id)
  const text = JSON.stringify({ ...body, type: `${publicPath}${body.type}` })
  closeSoon(
    socket,
    [
      `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}`,
      `Content-Type: ${problemContentType}`,
      `Content-Length: ${Buffer.byteLength(text)}`,
      `X-Request-Id: ${id}`,
      "X-Content-Type-Options: nosniff",
      "Connection: close",
      "",
      text,
    ].join("\r\n"),
  )
}
