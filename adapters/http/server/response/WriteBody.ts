/** Writes a response's body as fast as the client reads it. */
import type { ServerResponse } from "node:http"
import { pipeline, Readable } from "node:stream"
import type { ResponseBody } from "./HttpResponse.ts"

/**
 * How much is passed to the system at a time, in bytes. Each part that the system accepts shows that the client still
 * reads.
 */
const partBytes = 64 * 1024

/**
 * Ends the response with the body of `length` bytes (of a stream: any number). A large body is written in parts, each after the system accepted the one before. The
 * bytes are not copied, all responses with this body share them, and other requests are served between two parts.
 *
 * A stream that fails closes the connection, so that the client sees that the body is incomplete, and `onStreamError`
 * is called. A client that disconnects destroys the stream.
 */
export const writeBody = (
  response: ServerResponse,
  body: ResponseBody | undefined,
  length: number,
  onStreamError: (error: Error) => void,
): void => {
  if (body instanceof Readable) {
    pipeline(body, response, (error) => {
      // The client disconnected.
      if (error && error.code !== "ERR_STREAM_PREMATURE_CLOSE") onStreamError(error)
    })
    return
  }
  if (body === undefined || length <= partBytes) {
    response.end(body)
    return
  }
  writeParts(response, typeof body === "string" ? Buffer.from(body) : body)
}

/** Destroys a body that is not sent. */
export const discardBody = (body: ResponseBody | undefined): void => {
  if (body instanceof Readable) body.destroy()
}

const writeParts = (response: ServerResponse, bytes: Buffer): void => {
  let start = 0
  const writeNext = (): void => {
    while (start < bytes.length) {
      const part = bytes.subarray(start, start + partBytes)
      start += part.length
      if (start === bytes.length) response.end(part)
      else if (!response.write(part)) {
        response.once("drain", writeNext)
        return
      }
    }
  }
  writeNext()
}
