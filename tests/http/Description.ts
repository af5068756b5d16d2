/** Checks responses against the OpenAPI document. */
import { Predicate, Schema, SchemaRepresentation } from "effect"
import { expect } from "vitest"
import document from "../../adapters/http/api/v1/openapi.json" with { type: "json" }
import type { Answer } from "../support/http.ts"
import { operationsOf } from "../support/openApiOperations.ts"

interface Described {
  readonly content?: Readonly<Record<string, { readonly schema: { readonly [key: string]: unknown } }>>
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>
}
interface Operation {
  readonly path: RegExp
  readonly method: string
  readonly responses: Readonly<Record<string, Described>>
}

const inDefinitions = (schema: unknown) =>
  JSON.parse(JSON.stringify(schema).replaceAll("#/components/schemas/", "#/$defs/")) as {
    readonly [key: string]: never
  }

const definitions = inDefinitions(document.components.schemas)

const operations: ReadonlyArray<Operation> = Object.entries(document.paths).flatMap(([path, item]) =>
  operationsOf<Operation>(item).map(([method, { responses }]) => ({
    path: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`),
    method,
    responses,
  })),
)

const readers = new Map<string, (input: unknown) => unknown>()

const readerOf = (schema: { readonly [key: string]: unknown }) => {
  const key = JSON.stringify(schema)
  let reader = readers.get(key)
  if (reader === undefined) {
    const imported = SchemaRepresentation.fromJsonSchemaDocument(
      { dialect: "draft-2020-12", schema: inDefinitions(schema), definitions },
      { patterns: "apply" },
    )
    reader = Schema.decodeUnknownSync(Schema.make<Schema.Codec<unknown>>(imported.ast), { onExcessProperty: "error" })
    readers.set(key, reader)
  }
  return reader
}

/** Problems that can occur before the rate limit is checked, under statuses that mostly occur after it. */
const beforeLimit = new Set<unknown>(["malformed_request", "not_found", "internal_error", "unavailable"])
const isBeforeLimit = (body: unknown): boolean => Predicate.hasProperty(body, "code") && beforeLimit.has(body.code)

/** Checks the response's status, headers, media type and body, if the OpenAPI document describes the endpoint. */
export const expectDescribed = (method: string, target: string, answer: Answer<unknown>): void => {
  const [path = ""] = target.split("?")
  const operation = operations.find((each) => each.method === method && each.path.test(path))
  if (operation === undefined) return
  const call = `${method} ${path} ${answer.status}`
  const described = operation.responses[String(answer.status)]
  if (described === undefined) throw new Error(`${call} is not in the OpenAPI document`)
  for (const [name, { required }] of Object.entries(described.headers ?? {})) {
    if (required === false) continue
    if (name.startsWith("RateLimit") && isBeforeLimit(answer.body)) continue
    if (!answer.headers.has(name)) throw new Error(`${call} lacks the header ${name}`)
  }
  const mediaType = answer.headers.get("content-type")
  if (described.content === undefined) {
    expect([call, mediaType, answer.text]).toEqual([call, null, ""])
    return
  }
  const isText = mediaType?.startsWith("text/plain;") === true
  // The document names a text and a link set by the type alone, without version, character set and profile.
  const hasParameters = isText || mediaType?.startsWith("application/linkset+json;") === true
  const content = described.content[(hasParameters ? mediaType?.split(";")[0] : mediaType) ?? ""]
  if (content === undefined) throw new Error(`${call} has another media type than described: ${mediaType}`)
  readerOf(content.schema)(isText ? answer.text : answer.body)
}

/** Decodes a value strictly by a schema of the OpenAPI document. Throws if the value is invalid. */
export const decodeDescribed = (schema: object, value: unknown): unknown => readerOf({ ...schema })(value)
