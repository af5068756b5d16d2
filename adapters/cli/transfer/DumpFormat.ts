/**
 * The format of a dump: JSON Lines with a header, the rows table by table, and an end line. The end line has the SHA-256
 * of all lines before it, so a truncated or changed file is recognized.
 */
import { Schema } from "effect"
import type { RowPage } from "../../../application/backup/BackupStore.ts"
import { Timestamp } from "../../../domain/shared/Timestamp.ts"

export const formatVersion = 1

const typeOfHeader = Schema.Literal("taskwright-dump")

export const HeaderLine = Schema.Struct({
  type: typeOfHeader,
  version: Schema.Literal(formatVersion),
  /** The newest migration of the database. */
  schema: Schema.String,
  created_at: Timestamp,
  tables: Schema.Array(
    Schema.Struct({ name: Schema.String, columns: Schema.Array(Schema.String), rows: Schema.Natural }),
  ),
})

/** The header of any version; only the version is read. */
export const AnyHeaderLine = Schema.Struct({ type: typeOfHeader, version: Schema.Int })

export const EndLine = Schema.Struct({ type: Schema.Literal("end"), rows: Schema.Int, sha256: Schema.String })

/** Returns the lines of a page: objects with the name of the table as the only key. */
export const linesOf = ({ rows, table }: RowPage): string => rows.map((row) => `{"${table}":${row}}\n`).join("")

const rowLine = /^\{"(\w+)":(\{.*\})\}$/

/** Returns the table and the row of a line; null if it is none. The row stays text, so no value of it is changed. */
export const rowOf = (line: string): { readonly table: string; readonly row: string } | null => {
  const [, table, row] = rowLine.exec(line) ?? []
  return table === undefined || row === undefined || !isJson(row) ? null : { table, row }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
