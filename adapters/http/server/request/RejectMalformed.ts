/** Rejects requests that are malformed whatever their route. */
import type { IncomingMessage } from "node:http"
import type { ProblemCode } from "../../api/v1/ProblemTypes.ts"
import { hasUnknownCoding } from "./BodyLimits.ts"

/**
 * Returns the problem with the request's head; undefined if there is none. A target in absolute form is meant for a
 * proxy, which this service is not. A target with `;` in its path, or with `#`, would be a second spelling of a URL,
 * because the router ends a path there.
 */
export const rejectMalformed = ({
  headers,
  httpVersion,
  rawHeaders,
  url = "",
}: IncomingMessage): ProblemCode | undefined => {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === "host") hosts++
  }
  if (hosts > 1 || (hosts === 0 && httpVersion === "1.1")) return "malformed_request"
  if (hasUnknownCoding(headers)) return "unsupported_transfer_coding"
  return /^\/[^?;#]*(?:\?[^#]*)?$/.test(url) ? undefined : "not_found"
}
