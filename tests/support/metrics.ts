/**
 * Reads the metrics of this process one by one. The test files of a worker share them, so that the text of all of them
 * is long: to format it takes most of the time of a test that looks often.
 */
import { Context, Metric } from "effect"

/** Returns the state of every series of the metric. */
const seriesOf = (name: string): ReadonlyArray<Metric.Metric.Snapshot> =>
  Metric.snapshotUnsafe(Context.empty()).filter(({ id }) => id === name)

/** Returns the value of a counter or gauge without labels; not a number if it is missing. */
export const metricValue = (name: string): number => {
  const [series] = seriesOf(name)
  if (series?.type === "Counter") return Number(series.state.count)
  return series?.type === "Gauge" ? Number(series.state.value) : Number.NaN
}

const durations = "taskwright_database_statement_duration_seconds"

export interface MeasuredStatement {
  readonly count: number
  /** How long all of them took, in seconds. */
  readonly sum: number
}

/** Returns the statements that were measured so far, by name. */
export const measuredStatements = (): ReadonlyMap<string, MeasuredStatement> =>
  new Map(
    seriesOf(durations).flatMap((series) =>
      series.type === "Histogram" ? [[series.attributes?.["statement"] ?? "", series.state] as const] : [],
    ),
  )
