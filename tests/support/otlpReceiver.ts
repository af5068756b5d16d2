/** A small OpenTelemetry collector: it keeps the spans that it receives, and can refuse them or stay silent. */
import { once } from "node:events"
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import { type ReceivedSpan, readSpans } from "./OtlpMessages.ts"

export interface ReceivedExport {
  readonly path: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface OtlpReceiver {
  /** The URL of the collector, without a path. */
  readonly url: string
  /** Every request, accepted or not. */
  readonly exports: ReadonlyArray<ReceivedExport>
  /** The spans of the accepted requests. */
  readonly spans: () => ReadonlyArray<ReceivedSpan>
  /** Answers further requests with the status; null leaves them without an answer. */
  readonly answerWith: (status: number | null, headers?: Record<string, string>) => void
  readonly stop: () => Promise<void>
}

/** Starts a collector that accepts everything, on the port or on any free one. */
export const startReceiver = async (port = 0): Promise<OtlpReceiver> => {
  const exports: Array<ReceivedExport> = []
  const accepted: Array<ReceivedExport> = []
  let answer: (response: ServerResponse, received: ReceivedExport) => void
  const answerWith: OtlpReceiver["answerWith"] = (status, headers = {}) => {
    answer = (response, received) => {
      if (status === null) return
      if (status < 300) accepted.push(received)
      response.writeHead(status, headers).end()
    }
  }
  answerWith(200)
  const server = createServer(async (request, response) => {
    const chunks: Array<Buffer> = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      // The client ended the request.
      return
    }
    const received = { path: request.url, headers: request.headers, body: Buffer.concat(chunks) }
    exports.push(received)
    answer(response, received)
  }).listen(port, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("the collector has no port")
  return {
    url: `http://127.0.0.1:${address.port}`,
    exports,
    spans: () => accepted.flatMap(({ body, headers }) => readSpans(body, headers["content-type"])),
    answerWith,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, "close")
    },
  }
}
