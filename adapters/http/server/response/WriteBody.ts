/** Writes a response's body at the pace of its reader. */
import type { ServerResponse } from "node:http"

/** How much is handed to the system at a time, in bytes. Each part that it takes shows that the reader still reads. */
const partBytes = 64 * 1024

/**
 * Ends the response with the body. A large one is written part by part, each after the system took the one before: the
 * bytes stay where they are, shared by all responses that hold them, and other requests are served between two parts.
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
