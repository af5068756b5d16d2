/**
 * Reads from the HTTP client's errors what may be shown. The errors themselves hold the request and the answer, with
 * passwords and tokens, and a program that does not handle them prints them whole.
 */
import { Schema, SchemaIssue } from "effect"
import { HttpClientError } from "effect/http"

/** How far down a chain of causes is looked. */
const maximumDepth = 8
/** How many fields of an answer are named. */
const maximumFields = 5

/** The first system code (`ECONNREFUSED`, `UND_ERR_SOCKET`) among an error and its causes; null if there is none. */
export const systemCode = (error: unknown): string | null => {
  let current = error
  for (let depth = 0; depth < maximumDepth && typeof current === "object" && current !== null; depth++) {
    if ("code" in current && typeof current.code === "string" && /^[A-Z][A-Z0-9_]{1,63}$/.test(current.code)) {
      return current.code
    }
    current = "cause" in current ? current.cause : undefined
  }
  return null
}

/** The name of an error that is none of Effect's HTTP client; null if it has none that a class could have. */
export const foreignName = (error: unknown): string | null => {
  if (HttpClientError.isHttpClientError(error) || !(error instanceof Error)) return null
  return /^[A-Z][A-Za-z]{0,63}$/.test(error.name) ? error.name : null
}

/** Whether an answer could not be read. */
export const isUnreadable = (error: unknown): error is HttpClientError.HttpClientError | Schema.SchemaError =>
  HttpClientError.isHttpClientError(error) || Schema.isSchemaError(error)

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** The fields of an answer that are not as described, by their names alone; nothing if the answer is no JSON at all. */
export const mismatches = (error: HttpClientError.HttpClientError | Schema.SchemaError): string => {
  if (!Schema.isSchemaError(error)) return ""
  const paths = formatIssue(error.issue).issues.map(({ path = [] }) => path.map(String).join("."))
  const fields = [...new Set(paths)].filter((path) => path !== "").slice(0, maximumFields)
  return fields.length === 0 ? "" : ` (${fields.join(", ")})`
}
