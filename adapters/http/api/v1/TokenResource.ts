/** Defines the JSON form of an API token, and how to make it from the domain's. */
import { Schema } from "effect"
import type { ApiToken } from "../../../../domain/accounts/ApiToken.ts"
import { Scope } from "../../../../domain/accounts/Scope.ts"
import { IdString, TimestampString, tokenIdExample } from "./SchemaAnnotations.ts"

/** No secret: its checksum is wrong. */
export const secretExample = "twk_0000000000000000000000000000000000000000000example"

/** An API token, as responses contain it: without its secret. */
export const TokenResource = Schema.Struct({
  id: IdString("token", tokenIdExample),
  name: Schema.String.annotate({ examples: ["nightly import"] }),
  scopes: Schema.Array(Scope).annotate({ examples: [["tasks:read", "tasks:write"]] }),
  prefix: Schema.String.annotate({
    description: "How the secret begins, so that you know it again.",
    examples: [secretExample.slice(0, 8)],
  }),
  created_at: TimestampString,
  expires_at: TimestampString,
  last_used_at: Schema.NullOr(TimestampString).annotate({
    description: "When it was last used, to about a minute; null if it was not.",
    examples: ["2026-11-24T16:00:00.000Z"],
  }),
}).annotate({ identifier: "Token" })
export interface TokenResource extends Schema.Schema.Type<typeof TokenResource> {}

export const toTokenResource = (token: ApiToken): TokenResource => ({
  id: token.id,
  name: token.name,
  scopes: token.scopes,
  prefix: token.prefix,
  created_at: token.createdAt,
  expires_at: token.expiresAt,
  last_used_at: token.lastUsedAt,
})
