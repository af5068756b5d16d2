/** Gives every schema of the OpenAPI document an example, composed from the examples of its fields. */
import { isObject, type Json, mapValues } from "./OpenApiSchemas.ts"

/** What is not the null of a field that may be null. */
const isValue = (schema: unknown): boolean => !isObject(schema) || schema["type"] !== "null"

const alternativesOf = (schema: Json): ReadonlyArray<unknown> => {
  const alternatives = schema["anyOf"] ?? schema["oneOf"]
  return Array.isArray(alternatives) ? alternatives : []
}

/**
 * The example of a schema: its own, or one with the fields that must be there. An optional field is left out, so that
 * the example does nothing but what its call is for. Throws where no field says what an example would be.
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

/** The same schemas, each with an example. */
export const withExamples = (schemas: Json): Json => {
  const exampleOf = makeExamples(schemas)
  return mapValues(schemas, (schema, name) =>
    isObject(schema) ? { ...schema, examples: [exampleOf(schema, name)] } : schema,
  )
}
