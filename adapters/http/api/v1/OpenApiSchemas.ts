export type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const mapValues = (record: unknown, change: (value: unknown, key: string) => unknown): Json =>
  isObject(record) ? Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)])) : {}

const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** Whether a schema only narrows the one beside it. */
const isConstraint = (schema: unknown): schema is Json =>
  isObject(schema) && !["$ref", "allOf", "type"].some((name) => name in schema)

/**
 * Writes the constraints of an `allOf` beside the type that they narrow, unless two are of one kind. It means the same,
 * but generators of clients make an intersection with an unknown type of every `allOf`.
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

const problemReference = /^#\/components\/schemas\/(\w+)Problem$/

/** `VersionConflict` -> `version_conflict` */
const codeOf = (name: string): string => name.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase()

/** Says of a choice among problems that `code` decides it: languages without unions of literals need to be told. */
export const withDiscriminator = (schema: unknown): unknown => {
  if (!isObject(schema)) return schema
  const references = listOf(schema["anyOf"]).map((each) => (isObject(each) ? String(each["$ref"]) : ""))
  if (references.length === 0 || !references.every((reference) => problemReference.test(reference))) return schema
  return {
    oneOf: schema["anyOf"],
    discriminator: {
      propertyName: "code",
      mapping: Object.fromEntries(
        references.map((reference) => [codeOf(problemReference.exec(reference)?.[1] ?? ""), reference]),
      ),
    },
  }
}
