/** Holds the server and the command to a one-line refusal of a database that a later version has migrated. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as embedded from "../../adapters/postgres/embedded/EmbeddedPostgres.ts"
import { run } from "../support/commandLine.ts"
import { folderWithDatabase } from "../support/preparedFolder.ts"
import { refusedStart } from "../support/serverProcess.ts"

const line = /^.*its schema has the migration 9000_later, and the newest that this Taskwright knows is \d{4}_\w+\..*\n$/

describe("a database that a later Taskwright has migrated", () => {
  const scope = Scope.makeUnsafe()
  let folder: string

  beforeAll(async () => {
    folder = await Effect.runPromise(Scope.provide(folderWithDatabase, scope))
    await Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`INSERT INTO taskwright_migrations (migration_id, name) VALUES (9000, 'later')`
    }).pipe(Effect.provide(embedded.layer({ dataDir: folder })), Effect.runPromise)
  })
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  it("is refused by the server with one line", async () => {
    const { code, output } = await refusedStart({ DATA_DIR: folder, LOG_LEVEL: "error" })
    expect(output).toMatch(line)
    expect(code).toBe(1)
  })

  for (const args of [["list"], ["migrate"]]) {
    it(`is refused by taskwright ${args[0]} with one line`, async () => {
      const { code, errors, output } = await run(args, { DATA_DIR: folder, HOME: folder })
      expect(errors).toMatch(line)
      expect(output).toBe("")
      expect(code).toBe(6)
    })
  }
})
