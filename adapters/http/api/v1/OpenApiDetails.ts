/** Completes the OpenAPI document that Effect generates from the description. */
import { TaskPriority, TaskStatus } from "../../../../domain/tasks/TaskFields.ts"
import { withExamples } from "./OpenApiExamples.ts"
import {
  discriminatorValues,
  isObject,
  type Json,
  mapValues,
  withDiscriminator,
  withDiscriminators,
  withoutAllOf,
} from "./OpenApiSchemas.ts"

const header = (description: string, type: "string" | "integer", example: string | number) => ({
  description,
  schema: { type, examples: [example] },
})

/** Returns a header of earlier drafts, which goes in the minor version after the next. */
const oldHeader = (description: string, example: number) => ({
  ...header(description, "integer", example),
  deprecated: true,
})

const sharedHeaders = {
  "X-Request-Id": header(
    "The request's id: yours, if it is 1 to 128 characters of `[A-Za-z0-9._-]`, else a new one.",
    "string",
    "0193a5b0-7c1e-7b43-9d55-3c8a4f0e6a11",
  ),
  "RateLimit-Policy": header(
    "The limit's name, how many requests may pass in the window (`q`), and the window in seconds (`w`).",
    "string",
    '"user";q=100;w=60',
  ),
  RateLimit: header(
    "The limit's name, how many more requests may pass now (`r`), and in how many seconds one more may (`t`).",
    "string",
    '"user";r=42;t=18',
  ),
  "RateLimit-Limit": oldHeader("`q` of `RateLimit-Policy`.", 100),
  "RateLimit-Remaining": oldHeader("`r` of `RateLimit`.", 42),
  "RateLimit-Reset": oldHeader("`t` of `RateLimit`.", 18),
  "Retry-After": header("After how many seconds to try again.", "integer", 30),
  "WWW-Authenticate": header("What the call needs.", "string", "Bearer"),
}

const refer = (...names: ReadonlyArray<keyof typeof sharedHeaders>): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

/** Whether the status is that of a request that is rejected before the rate limit is checked. */
const isBeforeLimit = (status: string) => ["408", "413", "415", "431", "501"].includes(status)

const missingScope = {
  ...header(
    "The scopes that the API token lacks, if the code is `insufficient_scope`.",
    "string",
    'Bearer error="insufficient_scope", scope="tasks:write"',
  ),
  required: false,
}

/** Whether the response can say which scope an API token lacks. */
const mayNameScope = (response: Json): boolean => JSON.stringify(response).includes("/InsufficientScopeProblem")

const headersOf = (path: string, status: string, response: Json): Json => ({
  ...refer("X-Request-Id"),
  ...(path.startsWith("/api/v1/") &&
    !isBeforeLimit(status) &&
    refer("RateLimit-Policy", "RateLimit", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")),
  ...((status === "429" || status === "503") && refer("Retry-After")),
  ...(status === "401" && refer("WWW-Authenticate")),
  ...(mayNameScope(response) && { "WWW-Authenticate": missingScope }),
})

/**
 * Query parameters that are strings in a URL, but that the document describes as integers. Those of one operation have
 * its id before their name.
 */
const integerParameters: Readonly<Record<string, Json>> = {
  page: { type: "integer", minimum: 1, maximum: 1_000_000_000, default: 1 },
  limit: { type: "integer", minimum: 1, maximum: 200, default: 20 },
  "listHistory.limit": { type: "integer", minimum: 1, maximum: 200, default: 50 },
  "listTaskHistory.limit": { type: "integer", minimum: 1, maximum: 200, default: 50 },
  "listChanges.limit": { type: "integer", minimum: 1, maximum: 500, default: 100 },
  wait: { type: "integer", minimum: 0, maximum: 25, default: 0 },
}

/** Query parameters with several values, separated by commas. */
const listParameters: Readonly<Record<string, ReadonlyArray<string>>> = {
  "listTasks.status": TaskStatus.literals,
  "listTasks.priority": TaskPriority.literals,
}

const defaults: Readonly<Record<string, string>> = { sort: "created_at", order: "desc", types: "task,category" }

const describeParameter = (parameter: unknown, operationId: string): unknown => {
  if (!isObject(parameter) || typeof parameter["name"] !== "string") return parameter
  const { name, required } = parameter
  const schema = isObject(parameter["schema"]) ? parameter["schema"] : {}
  const { description, examples, ...rest } = schema
  const values = listParameters[`${operationId}.${name}`]
  if (values !== undefined) {
    const items = { type: "string", enum: values }
    return { ...parameter, description, style: "form", explode: false, schema: { type: "array", minItems: 1, items } }
  }
  return {
    ...parameter,
    ...(typeof description === "string" && { description }),
    schema: integerParameters[`${operationId}.${name}`] ??
      integerParameters[name] ?? {
        ...rest,
        // Tools that send requests prefill examples, and an optional parameter would narrow the result.
        ...(required === true && { examples }),
        ...(name in defaults && { default: defaults[name] }),
      },
  }
}

const successes: Readonly<Record<string, string>> = {
  "200": "The answer.",
  "201": "It was created.",
  "202": "It was taken on.",
  "204": "It was done.",
}

type Values = ReturnType<typeof discriminatorValues>

const describeContent = (content: unknown, values: Values): Json =>
  isObject(content)
    ? { content: mapValues(content, (media) => mapValues(media, (part) => withDiscriminator(part, values))) }
    : {}

const describeOperation = (operation: unknown, path: string, values: Values): unknown => {
  if (!isObject(operation)) return operation
  const { parameters } = operation
  const operationId = String(operation["operationId"]).replace(/^.*\./, "")
  return {
    ...operation,
    operationId,
    ...(Array.isArray(parameters) && { parameters: parameters.map((each) => describeParameter(each, operationId)) }),
    responses: mapValues(operation["responses"], (response, status) =>
      isObject(response)
        ? {
            ...response,
            ...describeContent(response["content"], values),
            description: successes[status] ?? response["description"],
            headers: {
              ...headersOf(path, status, response),
              ...(isObject(response["headers"]) ? response["headers"] : {}),
            },
          }
        : response,
    ),
  }
}

const describeComponents = (components: unknown, values: Values): Json => {
  const described = isObject(components) ? components : {}
  return {
    ...described,
    schemas: withExamples(
      mapValues(described["schemas"], (schema) => withDiscriminators(withoutAllOf(schema), values)),
    ),
    // Registered scheme names are in lower case, and tools that read the document compare them exactly.
    securitySchemes: mapValues(described["securitySchemes"], (each) =>
      isObject(each) && typeof each["scheme"] === "string" ? { ...each, scheme: each["scheme"].toLowerCase() } : each,
    ),
    headers: sharedHeaders,
  }
}

/**
 * Adds to the generated OpenAPI document what the schemas do not express: headers of every response, numbers in
 * queries, and the discriminators of unions. Also rewrites constructs that client generators misinterpret.
 */
export const describeDocument = (document: Json): Json => {
  const { components, paths } = document
  const values = discriminatorValues(isObject(components) ? components["schemas"] : undefined)
  return {
    ...document,
    components: describeComponents(components, values),
    paths: mapValues(paths, (item, path) =>
      mapValues(item, (operation, method) =>
        // OpenAPI 3.1 has no place for the method QUERY, and keeps it among the additional operations of 3.2.
        method === "x-oai-additionalOperations"
          ? mapValues(operation, (each) => describeOperation(each, path, values))
          : describeOperation(operation, path, values),
      ),
    ),
  }
}
