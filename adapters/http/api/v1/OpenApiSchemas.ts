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

/** The properties that discriminate the members of unions, by the ends of the members' names. */
const discriminators: Readonly<Record<string, string>> = { Problem: "code", Operation: "op" }
const reference = /^#\/components\/schemas\/(\w+(Problem|Operation))$/

const propertyOf = (name: string): string =>
  discriminators[reference.exec(`#/components/schemas/${name}`)?.[2] ?? ""] ?? ""

/** Returns the value of the discriminator of each problem and of each operation of a batch, by the schema's name. */
export const discriminatorValues = (schemas: unknown): ReadonlyMap<string, string> => {
  const valueIn = (schema: unknown, name: string): unknown => {
    const properties = isObject(schema) ? schema["properties"] : undefined
    const property = isObject(properties) ? properties[name] : undefined
    return isObject(property) ? listOf(property["enum"])[0] : undefined
  }
  const entries = Object.entries(isObject(schemas) ? schemas : {})
  return new Map(
    entries.flatMap(([name, schema]) => {
      const value = valueIn(schema, propertyOf(name))
      return typeof value === "string" ? [[name, value] as const] : []
    }),
  )
}

/** Declares the discriminator of a union of problems or of operations. Languages without unions of literals need it. */
export const withDiscriminator = (schema: unknown, values: ReadonlyMap<string, string>): unknown => {
  if (!isObject(schema)) return schema
  const { anyOf, ...rest } = schema
  const references = listOf(anyOf).map((each) => (isObject(each) ? String(each["$ref"]) : ""))
  const names = references.map((each) => reference.exec(each)?.[1] ?? "")
  const [propertyName = "", ...others] = new Set(names.map(propertyOf))
  if (propertyName === "" || others.length > 0) return schema
  const mapping = Object.fromEntries(names.map((name, index) => [values.get(name), references[index]]))
  // The conflicts of a task and of a category have one code.
  if (Object.keys(mapping).length < names.length) return schema
  return { ...rest, oneOf: anyOf, discriminator: { propertyName, mapping } }
}

/** Declares the discriminators of all unions within a schema. */
export const withDiscriminators = (schema: unknown, values: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(schema)) return schema.map((each) => withDiscriminators(each, values))
  if (!isObject(schema)) return schema
  return withDiscriminator(
    mapValues(schema, (each) => withDiscriminators(each, values)),
    values,
  )
}
