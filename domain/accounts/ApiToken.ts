/** API tokens: what a program shows instead of a login, with scopes and an end. */
import { Schema } from "effect"
import { oneLineText } from "../shared/Text.ts"
import { plusMillis, Timestamp } from "../shared/Timestamp.ts"
import { ApiTokenId } from "./ApiTokenId.ts"
import { Scope, sorted } from "./Scope.ts"
import { UserId } from "./UserId.ts"

/** What its user calls the token. Changes that it makes show this name. */
export const ApiTokenName = oneLineText(1, 100, Schema.brand("ApiTokenName"))
export type ApiTokenName = typeof ApiTokenName.Type

const days = "must be a whole number from 1 to 365"

/** For how many days a token is valid. */
export const LifetimeDays = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: 365 }, { message: days }),
).annotate({ message: days })

export const defaultLifetimeDays = 90
const dayMillis = 24 * 60 * 60 * 1000

/** How many valid tokens a user has at most. */
export const maxApiTokens = 50

/** A token, without its secret. Its holder acts for the user within its scopes, until it expires or is revoked. */
export const ApiToken = Schema.Struct({
  id: ApiTokenId,
  userId: UserId,
  name: ApiTokenName,
  scopes: Schema.Array(Scope),
  /** How the secret begins, so that its user can tell which token a program has. */
  prefix: Schema.String,
  createdAt: Timestamp,
  expiresAt: Timestamp,
  /** When it was last used, up to a minute too early. Null if it was not used yet. */
  lastUsedAt: Schema.NullOr(Timestamp),
})
export interface ApiToken extends Schema.Schema.Type<typeof ApiToken> {}

/** Issues a token that is valid for so many days. */
export const issue = (
  fields: Pick<ApiToken, "id" | "userId" | "name" | "scopes" | "prefix">,
  lifetimeDays: number,
  now: Timestamp,
): ApiToken => ({
  ...fields,
  scopes: sorted(fields.scopes),
  createdAt: now,
  expiresAt: plusMillis(now, lifetimeDays * dayMillis),
  lastUsedAt: null,
})
