/** Names the statements of the repositories, and measures how long they take by their names. */
import { type Brand, Effect } from "effect"
import { durations, type Histogram } from "../../telemetry/Metrics.ts"

/** The name of a statement, a label of its metric: the table, and what the statement does (`tasks.select_by_id`). */
type StatementName = string & Brand.Brand<"StatementName">

/** A statement and its name. Connections can prepare the text, because values are always parameters. */
export interface Statement {
  readonly name: StatementName
  readonly text: string
}

/**
 * Returns the statement of that name. The name MUST be a literal, or else it does not compile: each name is a series of
 * the metrics, and their number is bounded by the source.
 */
export const statement = <const Name extends string>(
  name: string extends Name ? never : Name,
  text: string,
): Statement => ({
  name: name as string as StatementName,
  text,
})

/** A name is in the metrics from its first statement on. */
const histograms = new Map<string, Histogram>()

const histogramOf = (name: string): Histogram => {
  const known = histograms.get(name)
  if (known !== undefined) return known
  const made = durations(
    "taskwright_database_statement_duration_seconds",
    "The time of a statement, with its wait for a connection, by name.",
    { statement: name },
  )
  histograms.set(name, made)
  return made
}

/**
 * Measures the effect as a run of the statement, whether it succeeds, fails or is interrupted. The time includes the
 * wait for a connection and, for the first statement of a unit of work, its BEGIN.
 */
export const measure = <A, E, R>({ name }: Statement, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const since = performance.now()
    // Cheaper than `onExit` by an effect, and every statement of every request comes here.
    return Effect.onExitPrimitive(effect, () => {
      histogramOf(name).record((performance.now() - since) / 1000)
      return undefined
    })
  })
