/** Decodes a part of a request. The work on what is wrong has a bound, because a caller can send thousands of mistakes. */
import { Predicate, Result, Schema } from "effect"
import { strictParseOptions } from "../../api/v1/Api.ts"

/** How many items of a list, and how many unknown fields, are looked at to name mistakes. More than a response names. */
const maxExamined = 200

type Decode = (value: unknown) => Result.Result<unknown, Schema.SchemaError>

/**
 * Makes a decoder. The compiled decoder stops at the first mistake; it reads what is right, which nearly all is. The
 * interpreter reads an excerpt of what is wrong once more, to name its mistakes.
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
    // The mistake can stand behind the excerpt.
    return Result.isFailure(mistakes) ? mistakes : read
  }
}

const knownFields = (schema: Schema.Top): ReadonlySet<string> =>
  new Set(
    Predicate.hasProperty(schema, "fields") && Predicate.isObject(schema.fields) ? Object.keys(schema.fields) : [],
  )

/** The value with the beginnings of its lists, with its known fields, and with some of the others. */
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
