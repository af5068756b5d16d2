/** Checks the size, media type, coding and nesting of request bodies. */
import type { IncomingHttpHeaders } from "node:http"
import type { ProblemCode } from "../../api/v1/ProblemTypes.ts"

/** The maximum nesting of arrays and objects in a body. */
export const maxNesting = 32

/** The media types of bodies; the character set is always UTF-8. */
export type MediaType = "application/json" | "application/x-www-form-urlencoded"

/** Parses the value parameter by parameter: one pattern for the whole value would take time quadratic in its length. */
const isInUtf8 = (contentType: string, mediaType: MediaType): boolean => {
  const [type, ...parameters] = contentType.split(";").map((part) => part.trim().toLowerCase())
  return (
    type === mediaType &&
    parameters.every((parameter) => parameter === "" || /^charset=(?:utf-?8|"utf-?8")$/.test(parameter))
  )
}

/** Returns the problem with the body's declared size or media type, before any of it is read. */
export const checkBodyHeaders = (
  headers: IncomingHttpHeaders,
  takesBody: boolean,
  mediaType: MediaType,
  maxBytes: number,
): ProblemCode | undefined => {
  const length = headers["content-length"]
  const hasBody = headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0")
  if (length !== undefined && Number(length) > maxBytes) return "payload_too_large"
  if ((hasBody || takesBody) && !isInUtf8(headers["content-type"] ?? "", mediaType)) return "unsupported_media_type"
  return hasBody && isEncoded(headers["content-encoding"]) ? "unsupported_media_type" : undefined
}

/** Whether the list names a content coding besides `identity`, in any case (RFC 9110 §8.4.1). */
const isEncoded = (contentEncoding = ""): boolean =>
  contentEncoding
    .toLowerCase()
    .split(",")
    .some((coding) => !["", "identity"].includes(coding.trim()))

/** Returns the body without the byte order mark that some Windows programs put before UTF-8. */
export const withoutByteOrderMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes

/**
 * Whether the body has a transfer coding besides `chunked`, the only supported one (RFC 9112 §6.1). A list that does
 * not end in `chunked` is malformed, and the parser rejects it.
 */
export const hasUnknownCoding = ({ "transfer-encoding": codings }: IncomingHttpHeaders): boolean =>
  codings !== undefined && /,[ \t]*chunked[ \t]*$/i.test(codings)

/** Whether brackets nest deeper than `maxNesting` anywhere in the JSON text. */
export const exceedsMaxNesting = (json: string): boolean => {
  // Most texts have fewer brackets. Their characters need not be looked at one by one.
  if (countAtMost(json, "{", maxNesting) + countAtMost(json, "[", maxNesting) <= maxNesting) return false
  let depth = 0
  for (let index = 0; index < json.length; index++) {
    const unit = json.charCodeAt(index)
    if (unit === quote) index = endOfString(json, index)
    else if (unit === openBrace || unit === openBracket) {
      if (++depth > maxNesting) return true
    } else if (unit === closeBrace || unit === closeBracket) depth--
  }
  return false
}

/** Returns how often the character occurs, or a number above `maximum`. */
const countAtMost = (text: string, character: string, maximum: number): number => {
  let count = 0
  for (
    let index = text.indexOf(character);
    index >= 0 && count <= maximum;
    index = text.indexOf(character, index + 1)
  ) {
    count++
  }
  return count
}

/** Returns the index of the quote that ends the string of that start, or the end of the text. */
const endOfString = (json: string, start: number): number => {
  let end = json.indexOf('"', start + 1)
  while (end >= 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1)
  return end < 0 ? json.length : end
}

/** Whether an odd number of backslashes precedes the index. */
const isEscaped = (json: string, index: number): boolean => {
  let before = index - 1
  while (json.charCodeAt(before) === backslash) before--
  return (index - before) % 2 === 0
}

const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
