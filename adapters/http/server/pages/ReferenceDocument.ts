/**
 * Adapts the OpenAPI document for the page at `/docs`, so that a request with all defaults changes and filters nothing.
 */
import { isObject, type Json, mapValues } from "../../api/v1/OpenApiSchemas.ts"

/** Scalar sends every parameter with a default or an enumeration, unless its example of this name is disabled. */
const isSentOnlyIfChosen = (parameter: unknown): unknown => {
  if (!isObject(parameter) || parameter["required"] === true) return parameter
  const schema = isObject(parameter["schema"]) ? parameter["schema"] : {}
  const [first] = Array.isArray(schema["enum"]) ? schema["enum"] : []
  return { ...parameter, examples: { default: { value: schema["default"] ?? first ?? "", "x-disabled": true } } }
}

/** Returns the document with optional parameters disabled until the user selects them. */
export const referenceDocument = (document: Json): Json => ({
  ...document,
  paths: mapValues(document["paths"], (item) =>
    mapValues(item, (operation) =>
      isObject(operation) && Array.isArray(operation["parameters"])
        ? { ...operation, parameters: operation["parameters"].map(isSentOnlyIfChosen) }
        : operation,
    ),
  ),
})
