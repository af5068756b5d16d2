/** Rewrites generated JSON schemas into forms that client generators understand. */
export type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const mapValues = (record: unknown, change: (value: unknown, key: string) => unknown): Json =>
  isObject(record) ? Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)])) : {}

const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** Whether a schema only adds constraints to its sibling in an `allOf`. */
const isConstraint = (schema: unknown): schema is Json =>
  isObject(schema) && !["$ref", "allOf", "type"].some((name) => name in schema)

/**
 * Merges the constraints of an `allOf` into the type that they constrain, unless two are of one kind. The meaning is
 * the same, but client generators turn every `allOf` into an intersection with an unknown type.
 */
export const withoutAllOf = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(withoutAllOf)
  if (!isObject(schema)) return schema
  const { allOf, ...rest } = mapValues(schema, withoutAllOf)
  const constraints = listOf(allOf)
  const parts = [rest, ...constraints.filter(isConstraint)].map(Object.entries)
  const merged = Object.fromEntries(parts.flat())
  const isSame = parts.length === constraints.length + 1 && Object.keys(merged).length === parts.flat().length
  return isSame ? merged : { ...rest, allOf }
}

const problemReference = /^#\/components\/schemas\/(\w+Problem)$/

/** Returns the code of each problem among the schemas, by its name. */
export const problemCodes = (schemas: unknown): ReadonlyMap<string, string> => {
  const codeOf = (schema: unknown): unknown => {
    const properties = isObject(schema) ? schema["properties"] : undefined
    const code = isObject(properties) ? properties["code"] : undefined
    return isObject(code) ? listOf(code["enum"])[0] : undefined
  }
  const entries = Object.entries(isObject(schemas) ? schemas : {})
  return new Map(
    entries.flatMap(([name, schema]) => {
      const code = codeOf(schema)
      return typeof code === "string" ? [[name, code] as const] : []
    }),
  )
}

/** Declares `code` as the discriminator of a union of problems. Languages without unions of literals need it. */
export const withDiscriminator = (schema: unknown, codes: ReadonlyMap<string, string>): unknown => {
  if (!isObject(schema)) return schema
  const references = listOf(schema["anyOf"]).map((each) => (isObject(each) ? String(each["$ref"]) : ""))
  if (references.length === 0 || !references.every((reference) => problemReference.test(reference))) return schema
  return {
    oneOf: schema["anyOf"],
    discriminator: {
      propertyName: "code",
      mapping: Object.fromEntries(
        references.map((reference) => [codes.get(problemReference.exec(reference)?.[1] ?? ""), reference]),
      ),
    },
  }
}
