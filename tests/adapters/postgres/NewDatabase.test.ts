/** Holds the prepared files of a new database to those that PostgreSQL makes itself. */
import { PGlite } from "@electric-sql/pglite"
import { Effect } from "effect"
import { afterAll, describe, expect, it } from "vitest"
import { preparedFiles } from "../../../adapters/postgres/embedded/NewDatabase.ts"

/** Statements about everything that a new database has: its catalogues, its collations and its settings. */
const statements = {
  version: "SELECT version()",
  database: "SELECT datname, encoding, datlocprovider, datcollate, datctype FROM pg_database ORDER BY datname",
  functions: "SELECT count(*), md5(string_agg(p::text, ',' ORDER BY oid)) FROM pg_proc p",
  operators: "SELECT count(*), md5(string_agg(o::text, ',' ORDER BY oid)) FROM pg_operator o",
  types: "SELECT count(*), md5(string_agg(t::text, ',' ORDER BY oid)) FROM pg_type t",
  collations: "SELECT count(*), md5(string_agg(collname, ',' ORDER BY oid)) FROM pg_collation",
  columns: `SELECT count(*), md5(string_agg(concat_ws(',', attrelid, attnum, attname, atttypid), ';' ORDER BY attrelid, attnum))
    FROM pg_attribute`,
  control: "SELECT catalog_version_no FROM pg_control_system()",
  checksums: "SHOW data_checksums",
} as const

describe("the prepared files of a new database", () => {
  const databases: Array<PGlite> = []
  afterAll(() => Promise.all(databases.map((database) => database.close())))

  const describeDatabase = async (files: Blob | undefined) => {
    const database = await PGlite.create(files === undefined ? {} : { loadDataDir: files })
    databases.push(database)
    const told: Record<string, unknown> = {}
    for (const [name, statement] of Object.entries(statements)) told[name] = (await database.query(statement)).rows
    return told
  }

  it("have the catalogues that this version of PGlite makes", async () => {
    const files = await Effect.runPromise(preparedFiles)
    expect(files).toBeInstanceOf(Blob)
    expect(await describeDatabase(files)).toStrictEqual(await describeDatabase(undefined))
  })
})
