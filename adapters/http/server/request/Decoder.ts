/** Decodes a part of a request. The work on invalid input is bounded, because a caller can send thousands of errors. */
import { Result, Schema, SchemaAST } from "effect"
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
  const fields = fieldsOf(codec)
  const known = new Set(fields.keys())
  // The library has no compiled decoder that refuses unknown fields. Where only the object itself can have some, they
  // are looked for here.
  const isFlat = fields.size > 0 && [...fields.values()].every(hasNoFields)
  const decode = Schema.decodeUnknownResult(
    codec,
    isFlat ? { errors: "first" } : { ...strictParseOptions, errors: "first" },
  )
  const findMistakes = Schema.decodeUnknownResult(codec, strictParseOptions)
  return (value) => {
    if (!isFlat || !hasUnknown(value, known)) {
      const read = decode(value)
      if (Result.isSuccess(read)) return read
      const mistakes = findMistakes(excerpt(value, known))
      // The error can be beyond the excerpt.
      return Result.isFailure(mistakes) ? mistakes : read
    }
    return findMistakes(excerpt(value, known))
  }
}

/** Returns the fields of an encoded object, by their names. There are none if any name is allowed. */
const fieldsOf = (codec: Schema.Codec<unknown, unknown>): ReadonlyMap<string, SchemaAST.AST> => {
  const { ast } = Schema.toEncoded(codec)
  if (!SchemaAST.isObjects(ast) || ast.indexSignatures.length > 0) return new Map()
  return new Map(ast.propertySignatures.map(({ name, type }) => [String(name), type]))
}

/** Whether no value of the schema is an object with fields of its own. */
const hasNoFields = (ast: SchemaAST.AST): boolean => {
  if (SchemaAST.isUnion(ast)) return ast.types.every(hasNoFields)
  if (SchemaAST.isArrays(ast)) return [...ast.elements, ...ast.rest].every(hasNoFields)
  return !(SchemaAST.isObjects(ast) || SchemaAST.isSuspend(ast) || SchemaAST.isDeclaration(ast))
}

const hasUnknown = (value: unknown, known: ReadonlySet<string>): boolean => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  for (const name in value) if (!known.has(name)) return true
  return false
}

/** Returns the value with the first items of its lists, its known fields, and some of its unknown ones. */
const excerpt = (value: unknown, known: ReadonlySet<string>): unknown => {
  if (Array.isArray(value)) return value.slice(0, maxExamined)
  if (typeof value !== "object" || value === null) return value
  const fields: Readonly<Record<string, unknown>> = value as Record<string, unknown>
  const names = [...known].filter((name) => Object.hasOwn(fields, name))
  const end = names.length + maxExamined
  for (const name in fields) {
    if (known.has(name)) continue
    if (names.length === end) break
    names.push(name)
  }
  const shortened = names.map((name) => {
    const field = fields[name]
    return [name, Array.isArray(field) ? field.slice(0, maxExamined) : field] as const
  })
  return Object.fromEntries(shortened)
}
