/** Tests that the check of a database finds kept numbers of tasks that are wrong, and says how to have them counted again. */
import { PgClient } from "@effect/sql-pg"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as PostgresClient from "../../../adapters/postgres/client/PostgresClient.ts"
import { checkServer } from "../../../adapters/postgres/DatabaseCheck.ts"
import { migrate } from "../../../adapters/postgres/migrations/Migrations.ts"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { keepTask, keepUser } from "../../support/entities.ts"
import { describeOnPostgres, emptyDatabase } from "../../support/postgres.ts"

describeOnPostgres("the check of a database", () => {
  it.live("finds a number of tasks that differs from the rows, and none after its advice", () =>
    Effect.gen(function* () {
      const url = yield* emptyDatabase()
      const finding = Effect.map(checkServer({ url }), (findings) =>
        findings.find(({ check }) => check === "task counts"),
      )
      expect(yield* finding).toBeUndefined()
      yield* Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        yield* migrate
        yield* Effect.provide(Effect.andThen(keepUser, keepTask), PostgresRepositories.layer)
        expect(yield* finding).toMatchObject({ status: "ok" })
        yield* sql`DELETE FROM tasks`
        const found = yield* finding
        expect(found).toMatchObject({ status: "failed", message: expect.stringMatching(/^wrong for 1 user, /) })
        yield* sql.unsafe(found?.message.split("Run in the database: ")[1] ?? "")
        expect(yield* finding).toMatchObject({ status: "ok" })
      }).pipe(Effect.provide(PostgresClient.layer({ url })))
    }),
  )
})
