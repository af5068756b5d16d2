/** Describes the endpoints of `/api/v1/tokens`, with the schemas of their bodies. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ApiTokenName, LifetimeDays } from "../../../../domain/accounts/ApiToken.ts"
import { ApiTokenId } from "../../../../domain/accounts/ApiTokenId.ts"
import { Scopes } from "../../../../domain/accounts/Scope.ts"
import { Authentication } from "./Authentication.ts"
import { allowTokens, IdempotencyKeyRefused, RateLimited, sessionProblems, Validated } from "./EndpointTags.ts"
import {
  ApiTokenNotFoundProblem,
  IdempotencyKeyNotSupportedProblem,
  MalformedJsonProblem,
  NotFoundProblem,
  TooManyApiTokensProblem,
} from "./ProblemSchemas.ts"
import { describeEncoded, tokenIdExample } from "./SchemaAnnotations.ts"
import { secretExample, TokenResource } from "./TokenResource.ts"

export const CreateTokenPayload = Schema.Struct({
  name: describeEncoded(ApiTokenName, {
    description: "What you call it: one line of 1 to 100 characters. The changes that it makes show this name.",
    example: "nightly import",
  }),
  scopes: Scopes.annotate({
    description:
      "What it may do. `webhooks` allows nothing yet. `tasks:write` does not include `tasks:read`, and nothing includes what cannot be taken back.",
    examples: [["tasks:read", "tasks:write"]],
  }),
  expires_in_days: Schema.optionalKey(
    LifetimeDays.annotate({ description: "For how many days it is valid, 1 to 365 (default 90).", examples: [90] }),
  ),
}).annotate({ identifier: "CreateTokenRequest" })

/** The endpoints for API tokens. Only a session may call them. */
export const TokensApi = HttpApiGroup.make("tokens")
  .add(
    HttpApiEndpoint.post("createToken", "/api/v1/tokens", {
      payload: CreateTokenPayload,
      success: Schema.Struct({
        token: TokenResource,
        secret: Schema.String.annotate({
          description: "Show it as `Authorization: Bearer …`. It is shown here once, and stored nowhere.",
          examples: [secretExample],
        }),
      })
        .annotate({ identifier: "CreateTokenResponse" })
        .pipe(HttpApiSchema.status(201)),
      error: [TooManyApiTokensProblem, IdempotencyKeyNotSupportedProblem, MalformedJsonProblem, ...sessionProblems],
    })
      .annotate(IdempotencyKeyRefused, true)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Create an API token",
          description: "A token for a program, with the scopes that it needs. You have at most 50 valid ones.",
        }),
      ),
    HttpApiEndpoint.get("listTokens", "/api/v1/tokens", {
      success: Schema.Struct({ data: Schema.Array(TokenResource) }).annotate({ identifier: "TokenList" }),
      error: sessionProblems,
    }).annotateMerge(
      OpenApi.annotations({
        summary: "List API tokens",
        description: "Your valid ones, the newest first, without their secrets.",
      }),
    ),
    HttpApiEndpoint.delete("revokeToken", "/api/v1/tokens/:token_id", {
      params: {
        token_id: describeEncoded(ApiTokenId, {
          description: "The token's id.",
          example: tokenIdExample,
          format: "uuid",
        }),
      },
      error: [ApiTokenNotFoundProblem, NotFoundProblem, ...sessionProblems],
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Revoke an API token",
        description: "It is refused at once, and by every other process within a second.",
      }),
    ),
  )
  .annotateEndpoints(Validated, true)
  .annotateEndpointsMerge(allowTokens("session"))
  .middleware(Authentication)
  .annotateEndpoints(RateLimited, true)
  .annotateMerge(OpenApi.annotations({ title: "API tokens", description: "Tokens for programs, with scopes." }))
