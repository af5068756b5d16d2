/** Tests that endpoints declare the problems that their marks imply, and no others of these. */
import { Context } from "effect"
import type { HttpApiEndpoint } from "effect/http-api"
import { expect, it } from "vitest"
import { Api } from "../../../adapters/http/api/v1/Api.ts"
import { Authentication } from "../../../adapters/http/api/v1/Authentication.ts"
import { AllowedTokens, RateLimited, Validated, VerifiedEmail } from "../../../adapters/http/api/v1/EndpointTags.ts"
import { Mutation } from "../../../adapters/http/api/v1/Mutation.ts"
import { openApi } from "../../../adapters/http/api/v1/OpenApiDocument.ts"
import { isObject, mapValues } from "../../../adapters/http/api/v1/OpenApiSchemas.ts"
import { operationsOf } from "../../support/openApiOperations.ts"

const endpoints = Object.values(Api.groups).flatMap((group) =>
  Object.values(group.endpoints as Readonly<Record<string, HttpApiEndpoint.Top>>),
)

/** Returns the names of the problems that the document declares for the endpoint. */
const problemsOf = ({ method, path }: HttpApiEndpoint.Top): ReadonlySet<string> => {
  const item = mapValues(openApi["paths"], (operations) => operations)[path.replace(/:(\w+)/g, "{$1}")]
  const [, operation] = operationsOf(isObject(item) ? item : {}).find(([name]) => name === method) ?? []
  const references = JSON.stringify(operation).matchAll(/schemas\/(\w+)Problem"/g)
  return new Set([...references].map(([, name = ""]) => name))
}

it.each(endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))(
  "%s declares the problems of its marks",
  (_, endpoint) => {
    const declared = problemsOf(endpoint)
    const isLimited = Context.get(endpoint.annotations, RateLimited)
    // What changes anything, but accounts and tokens.
    const isMutation =
      !["GET", "QUERY"].includes(endpoint.method) && !/^\/api\/v1\/(?:auth|users|tokens)\b/.test(endpoint.path)
    const needsIdentity = endpoint.middlewares.has(Authentication)
    const allowedTokens = Context.get(endpoint.annotations, AllowedTokens)
    expect(allowedTokens !== undefined).toBe(needsIdentity)
    expect(Context.get(endpoint.annotations, Mutation)).toBe(isMutation)
    const found = Object.fromEntries(
      [
        "InternalError",
        "RateLimited",
        "PayloadTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "EmailNotVerified",
        "Unauthorized",
        "SessionRequired",
        "InsufficientScope",
        "MalformedJson",
        "InvalidIdempotencyKey",
        "IdempotencyKeyReused",
        "IdempotencyInProgress",
        "IdempotencyKeyNotSupported",
      ].map((name) => [name, declared.has(name)]),
    )
    expect(found).toEqual({
      InternalError: true,
      RateLimited: isLimited,
      PayloadTooLarge: isLimited,
      UnsupportedMediaType: isLimited,
      ValidationFailed: Context.get(endpoint.annotations, Validated),
      EmailNotVerified: Context.get(endpoint.annotations, VerifiedEmail),
      // The metrics have a token of their own, the operator's.
      Unauthorized: needsIdentity || endpoint.path === "/metrics",
      // A token takes back only its own changes.
      SessionRequired: allowedTokens === "session" || endpoint.path === "/api/v1/undo",
      InsufficientScope: needsIdentity && allowedTokens !== "session",
      MalformedJson: endpoint.payload.size > 0,
      InvalidIdempotencyKey: isMutation,
      IdempotencyKeyReused: isMutation,
      IdempotencyInProgress: isMutation,
      IdempotencyKeyNotSupported:
        endpoint.path.startsWith("/api/v1/auth/") || (endpoint.path === "/api/v1/tokens" && endpoint.method === "POST"),
    })
  },
)
