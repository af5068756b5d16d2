// The pool of connections. Times come as `Date`, as pg has it by default, or as ISO text without one in between.
import pg from "pg"

const timestamptz = 1184
const stamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?\+00$/

/** The session's time zone is UTC, so the text only needs another form. */
const toIso = (text) => {
  const [, date, time, fraction = ""] = stamp.exec(text) ?? []
  return date === undefined ? new Date(text).toISOString() : `${date}T${time}.${fraction.padEnd(3, "0")}Z`
}
if (process.env.PEER_TIMES === "text") pg.types.setTypeParser(timestamptz, toIso)

export const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_POOL_SIZE ?? 10),
  options: "-c timezone=UTC",
})

/** Runs a prepared statement on the pool, or on the client of a transaction. */
export const run = async (name, text, values, client = pool) => (await client.query({ name, text, values })).rows

/** Runs the steps in a transaction. */
export const transact = async (steps) => {
  const client = await pool.connect()
  try {
    await client.query("BEGIN")
    const result = await steps(client)
    await client.query("COMMIT")
    return result
  } catch (error) {
    await client.query("ROLLBACK")
    throw error
  } finally {
    client.release()
  }
}
