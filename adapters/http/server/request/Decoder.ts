/** Decodes a part of a request. The work on invalid input is bounded, because a caller can send thousands of errors. */
import { Predicate, Result, Schema } from "effect"
import { strictParseOptions } from "../../api/v1/Api.ts"

/**
 * How many items of a list, and how many unknown fields, are examined to report errors. More than a response reports.
 */
const maxExamined = 200

type Decode = (value: unknown) => Result.Result<unknown, Schema.SchemaError>

/**
 * Makes a decoder. Decodes with the compiled decoder, which stops at the first error. Only an excerpt of invalid input
 * is decoded again, by the interpreter, to collect its errors.
 */
export const makeDecoder = (schema: Schema.Top): Decode => {
  const codec = schema as Schema.Codec<unknown, unknown>
  const decode = Schema.decodeUnknownResult(codec, { ...strictParseOptions, errors: "first" })
  const findMistakes = Schema.decodeUnknownResult(codec, strictParseOptions)
  const known = knownFields(schema)
  return (value) => {
    const read = decode(value)
    if (Result.isSuccess(read)) return read
    const mistakes = findMistakes(excerpt(value, known))
    // The error can be beyond the excerpt.
    return Result.isFailure(mistakes) ? mistakes : read
  }
}

const knownFields = (schema: Schema.Top): ReadonlySet<string> =>
  new Set(
    Predicate.hasProperty(schema, "fields") && Predicate.isObject(schema.fields) ? Object.keys(schema.fields) : [],
  )

/** Returns the value with the first items of its lists, its known fields, and some of its unknown ones. */
const excerpt = (value: unknown, known: ReadonlySet<string>): unknown => {
  if (Array.isArray(value)) return value.slice(0, maxExamined)
  if (typeof value !== "object" || value === null) return value
  const entries: Array<[string, unknown]> = []
  let unknown = 0
  for (const [name, field] of Object.entries(value)) {
    if (!known.has(name) && ++unknown > maxExamined) continue
    entries.push([name, Array.isArray(field) ? field.slice(0, maxExamined) : field])
  }
  return Object.fromEntries(entries)
}
