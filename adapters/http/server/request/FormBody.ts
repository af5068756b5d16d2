/** Parses the bodies that HTML forms send. */
import { isUtf8 } from "node:buffer"
import { Result } from "effect"
import { withoutByteOrderMark } from "./BodyLimits.ts"

/**
 * Parses a form (`application/x-www-form-urlencoded`) that has each field exactly once, and no other. Fails with a
 * description of the error if the bytes are not such a form. It does not use `URLSearchParams`, which silently misreads
 * malformed input.
 */
export const parseForm = <const Name extends string>(
  body: Buffer,
  names: ReadonlyArray<Name>,
): Result.Result<Readonly<Record<Name, string>>, string> => {
  const bytes = withoutByteOrderMark(body)
  if (!isUtf8(bytes)) return Result.fail("The form is not UTF-8.")
  const fields = new Map<string, string>()
  for (const pair of bytes.toString("utf8").split("&")) {
    if (pair === "") continue
    const end = pair.indexOf("=")
    const name = decode(end === -1 ? pair : pair.slice(0, end))
    const value = decode(end === -1 ? "" : pair.slice(end + 1))
    if (name === null || value === null) return Result.fail("The form has an escape that is not UTF-8.")
    if (!names.some((known) => known === name)) return Result.fail("The form has a field that is not known.")
    if (fields.has(name)) return Result.fail(`The form has the field ${name} twice.`)
    fields.set(name, value)
  }
  const missing = names.find((name) => !fields.has(name))
  if (missing !== undefined) return Result.fail(`The form lacks the field ${missing}.`)
  return Result.succeed(Object.fromEntries(fields) as Record<Name, string>)
}

/**
 * Returns null if a `%` is not followed by two hexadecimal digits, or if the bytes are not UTF-8 (a lone surrogate is
 * not).
 */
const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return null
  }
}
