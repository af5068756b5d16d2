/** Holds the migration of API tokens to a database with accounts, and the tables to the statements that use them. */
import { PgClient } from "@effect/sql-pg"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { describe } from "vitest"
import { addApiTokens } from "../../../adapters/postgres/migrations/0011_api_tokens.ts"
import { migrate } from "../../../adapters/postgres/migrations/Migrations.ts"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import { ApiTokenRepository } from "../../../application/accounts/tokens/ApiTokenRepository.ts"
import { at, keepApiToken, keepUser } from "../../support/entities.ts"
import { clientOn, describeOnPostgres, emptySchema } from "../../support/postgres.ts"
import { preparedDatabase } from "../../support/preparedFolder.ts"

const migrates = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* migrate
  // The schema of the version before, with an account.
  yield* sql`DROP TABLE api_tokens, revoked_api_tokens`
  yield* Effect.gen(function* () {
    const accounts = yield* AccountRepository
    const tokens = yield* ApiTokenRepository
    const userId = yield* keepUser
    yield* sql.withTransaction(addApiTokens)
    const { hash, token } = yield* keepApiToken(userId)
    expect(yield* tokens.findByHash(hash)).toStrictEqual(Option.some(token))
    // A hash belongs to one token.
    expect(
      (yield* Effect.exit(tokens.insert({ ...token, id: (yield* keepApiToken(userId)).token.id }, hash)))._tag,
    ).toBe("Failure")
    yield* accounts.delete(userId)
    expect(yield* tokens.findByHash(hash)).toStrictEqual(Option.none())
    expect(yield* tokens.list(userId, at(0))).toStrictEqual([])
  }).pipe(Effect.provide(PostgresRepositories.layer))
})

describe("API tokens in the embedded database", () => {
  it.live("are added to a database with accounts, and go with an account", () =>
    Effect.provide(migrates, preparedDatabase),
  )
})

describeOnPostgres("API tokens", () => {
  it.live("are added to a database with accounts, and go with an account", () =>
    Effect.provide(migrates, clientOn().pipe(Layer.provide(emptySchema))),
  )
})
