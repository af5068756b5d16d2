/** Gives every schema of the OpenAPI document an example, composed from the examples of its fields. */
import { isObject, type Json, mapValues } from "./OpenApiSchemas.ts"

/** Whether the schema is anything but the null of a nullable field. */
const isValue = (schema: unknown): boolean => !isObject(schema) || schema["type"] !== "null"

const alternativesOf = (schema: Json): ReadonlyArray<unknown> => {
  const alternatives = schema["anyOf"] ?? schema["oneOf"]
  return Array.isArray(alternatives) ? alternatives : []
}

/**
 * Returns the example of a schema: its own, or one composed of its required fields. Optional fields are left out, so
 * that the example does only what its endpoint is for. Throws if a field has no example.
 */
const makeExamples = (schemas: Json) => {
  const exampleOf = (schema: unknown, name: string): unknown => {
    if (!isObject(schema)) throw new Error(`There is no example for ${name}.`)
    if (typeof schema["$ref"] === "string") {
      const target = schema["$ref"].split("/").at(-1) ?? ""
      return exampleOf(schemas[target], target)
    }
    if (Array.isArray(schema["examples"])) return schema["examples"][0]
    if (Array.isArray(schema["enum"])) return schema["enum"][0]
    const alternative = alternativesOf(schema).find(isValue)
    if (alternative !== undefined) return exampleOf(alternative, name)
    if (schema["type"] === "array") return [exampleOf(schema["items"], name)]
    if (schema["type"] === "boolean") return true
    if (schema["type"] !== "object") throw new Error(`There is no example for ${name}.`)
    const properties = isObject(schema["properties"]) ? schema["properties"] : {}
    const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : []
    return Object.fromEntries(required.map((field) => [field, exampleOf(properties[field], `${name}.${field}`)]))
  }
  return exampleOf
}

/** Returns the same schemas, each with an example. */
export const withExamples = (schemas: Json): Json => {
  const exampleOf = makeExamples(schemas)
  return mapValues(schemas, (schema, name) =>
    isObject(schema) ? { ...schema, examples: [exampleOf(schema, name)] } : schema,
  )
}
