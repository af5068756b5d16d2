/** Discards the rest of a request body that the service does not need. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { maxBodyBytes } from "../../api/v1/EndpointTags.ts"

/** How much of an unread body is still received, and for how long, so that its sender can read the response. */
const maxDiscardedBytes = 1024 * 1024
/** As nginx waits (`lingering_timeout`), which forwards bodies itself. */
const discardMillis = 5_000

/** Whether more of the body may follow than Node discards by itself, at once, to keep the connection. */
export const hasLongBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 2 * maxBodyBytes

/**
 * Closes a connection after a response that was sent before the request was complete. Closing at once would reset the
 * connection, and the response could be lost. So only the service's side ends, and incoming data is discarded until the
 * client ends its side, for at most 5 s.
 */
export const discardRest = (request: IncomingMessage, response: ServerResponse): void => {
  const { socket } = request
  // Node calls this after the last response, and would close the connection at once.
  socket.destroySoon = () => socket.end()
  let discarded = 0
  request.on("data", (chunk: Buffer) => {
    discarded += chunk.length
    if (discarded > maxDiscardedBytes) request.pause()
  })
  request.resume()
  response.once("finish", () => setTimeout(() => socket.destroy(), discardMillis).unref())
}
