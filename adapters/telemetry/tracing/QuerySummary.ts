/** Summarizes SQL statements: their operations and tables, in a text of few values that names a span. */

/** An operation, or the words before a table. `FOR UPDATE` and `DO UPDATE` are no operations. */
const parts =
  /\b(?:FOR(?: NO KEY)? UPDATE|DO UPDATE|DISTINCT FROM|(SELECT)|(INSERT|DELETE|UPDATE)\b(?: INTO| FROM)?(?: ONLY)? "?(\w+)"?|(?:FROM|JOIN)\s+(?:ONLY\s+)?"?(\w+)\b(?!\s*\()"?)/gi
/** A name that the statement itself gives to a part of it. */
const definitions = /\b(\w+)(?:\s*\([^()]*\))?\s+AS\s+(?:(?:NOT\s+)?MATERIALIZED\s+)?\(/gi

const maxSummaryLength = 255
/** Statements are constants, so their number is smaller. */
const maxSummaries = 1_000
const summaries = new Map<string, string>()

/**
 * Returns the summary of a statement, such as `SELECT tasks` or `INSERT tasks SELECT accounts`. It contains no value of
 * the statement, and has at most 255 characters.
 */
export const querySummary = (text: string): string => {
  const known = summaries.get(text)
  if (known !== undefined) return known
  const summary = summarize(text)
  if (summaries.size < maxSummaries) summaries.set(text, summary)
  return summary
}

const literals = /'(?:[^']|'')*'/g

const summarize = (statement: string): string => {
  const text = statement.replaceAll(literals, "''")
  const ownNames = new Set([...text.matchAll(definitions)].map(([, name = ""]) => name))
  const operations: Array<{ readonly name: string; readonly tables: Set<string> }> = []
  for (const [, select, write, target, source] of text.matchAll(parts)) {
    const name = select ?? write
    if (name !== undefined) operations.push({ name: name.toUpperCase(), tables: new Set() })
    const table = target ?? source
    if (table !== undefined && !ownNames.has(table)) operations.at(-1)?.tables.add(table)
  }
  // A nested query without a table of the database says nothing.
  const summary = operations
    .filter(({ tables }) => tables.size > 0)
    .map(({ name, tables }) => [name, ...tables].join(" "))
    .join(" ")
  return (summary || (/\w+/.exec(text)?.[0] ?? "").toUpperCase()).slice(0, maxSummaryLength)
}
