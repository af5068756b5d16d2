/** Scopes: what an API token may do. All of it can be taken back, so nothing that destroys data has a scope. */
import { Schema } from "effect"

/** All scopes, in the order in which those of a token are stored and sent. */
export const scopes = ["tasks:read", "tasks:write", "tasks:delete", "categories:write", "webhooks"] as const

export const Scope = Schema.Literals(scopes).annotate({ message: `must be one of ${scopes.join(", ")}` })
export type Scope = typeof Scope.Type

const size = `must have 1 to ${scopes.length} scopes`

/** The scopes of one token: at least one, and none twice. */
export const Scopes = Schema.Array(Scope).check(
  Schema.isMinLength(1, { message: size }),
  Schema.isMaxLength(scopes.length, { message: size }).abort(),
  Schema.isUnique({ message: "must not have a scope twice" }),
)

/** Returns the scopes in their own order. */
export const sorted = (given: ReadonlyArray<Scope>): ReadonlyArray<Scope> =>
  scopes.filter((scope) => given.includes(scope))

/** Returns those of the required scopes that are not among the granted ones, each once. */
export const missingFrom = (granted: ReadonlyArray<Scope>, required: ReadonlyArray<Scope>): ReadonlyArray<Scope> =>
  sorted(required.filter((scope) => !granted.includes(scope)))
