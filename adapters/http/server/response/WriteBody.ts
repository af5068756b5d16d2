/** Writes a response's body as fast as the client reads it. */
import type { ServerResponse } from "node:http"

/**
 * How much is passed to the system at a time, in bytes. Each part that the system accepts shows that the client still
 * reads.
 */
const partBytes = 64 * 1024

/**
 * Ends the response with the body. A large body is written in parts, each after the system accepted the one before. The
 * bytes are not copied, all responses with this body share them, and other requests are served between two parts.
 */
export const writeBody = (response: ServerResponse, body: string | Buffer | undefined, length: number): void => {
  if (body === undefined || length <= partBytes) {
    response.end(body)
    return
  }
  const bytes = typeof body === "string" ? Buffer.from(body) : body
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
