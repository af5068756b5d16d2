/**
 * Extracts from the HTTP client's errors what may be printed. The errors themselves contain the request and the
 * response, with passwords and tokens. A program that does not handle them prints them whole.
 */
import { Schema, SchemaIssue } from "effect"
import { HttpClientError } from "effect/http"

/** The maximum depth of a chain of causes that is searched. */
const maximumDepth = 8
/** The maximum number of a response's fields that a message names. */
const maximumFields = 5

/**
 * Returns the first system code (`ECONNREFUSED`, `UND_ERR_SOCKET`) among an error and its causes; null if there is
 * none.
 */
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

/** Returns the name of an error that is not one of Effect's HTTP client; null if it is not a possible class name. */
export const foreignName = (error: unknown): string | null => {
  if (HttpClientError.isHttpClientError(error) || !(error instanceof Error)) return null
  return /^[A-Z][A-Za-z]{0,63}$/.test(error.name) ? error.name : null
}

/** Whether the error says that a response could not be decoded. */
export const isUnreadable = (error: unknown): error is HttpClientError.HttpClientError | Schema.SchemaError =>
  HttpClientError.isHttpClientError(error) || Schema.isSchemaError(error)

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/**
 * Returns the names of a response's fields that differ from the description; an empty text if it is not JSON at all.
 */
export const mismatches = (error: HttpClientError.HttpClientError | Schema.SchemaError): string => {
  if (!Schema.isSchemaError(error)) return ""
  const paths = formatIssue(error.issue).issues.map(({ path = [] }) => path.map(String).join("."))
  const fields = [...new Set(paths)].filter((path) => path !== "").slice(0, maximumFields)
  return fields.length === 0 ? "" : ` (${fields.join(", ")})`
}
