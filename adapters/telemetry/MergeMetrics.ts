/** Merges the metrics of several processes, in the text format of Prometheus. */

/** How the samples of a gauge become one: the rule `first` takes that of the process that reads it for all. */
type Rule = "sum" | "max" | "min" | "first"

/** The rules of all gauges. A gauge that is not listed is added up. */
export const gaugeRules: Readonly<Record<string, Rule>> = {
  taskwright_build_info: "max",
  process_start_time_seconds: "min",
  process_resident_memory_bytes: "sum",
  nodejs_heap_size_used_bytes: "sum",
  nodejs_external_memory_bytes: "sum",
  nodejs_active_resources: "sum",
  nodejs_eventloop_lag_p99_seconds: "max",
  nodejs_eventloop_lag_max_seconds: "max",
  nodejs_eventloop_utilization: "max",
  taskwright_http_requests_in_flight: "sum",
  taskwright_http_requests_held: "sum",
  taskwright_streams_open: "sum",
  taskwright_hashing_running: "sum",
  taskwright_hashing_waiting: "sum",
  taskwright_database_pool_connections_max: "sum",
  taskwright_database_pool_connections_in_use: "sum",
  taskwright_database_pool_waiting: "sum",
  taskwright_database_up: "min",
  taskwright_redis_up: "min",
  taskwright_outbox_waiting: "first",
  taskwright_outbox_dead_letters: "first",
  taskwright_outbox_oldest_waiting_age_seconds: "first",
  taskwright_outbox_readable: "first",
  taskwright_workers: "sum",
  taskwright_workers_late: "sum",
}

const merged: Readonly<Record<Rule, (one: number, other: number) => number>> = {
  sum: (one, other) => one + other,
  max: Math.max,
  min: Math.min,
  first: (one) => one,
}

interface Family {
  readonly header: Array<string>
  readonly merge: (one: number, other: number) => number
  /** The values of the samples, by name and labels. */
  readonly samples: Map<string, number>
}

const add = (families: Map<string, Family>, text: string, withGauges: boolean): void => {
  let help: Array<string> = []
  let family: Family | undefined
  for (const line of text.split("\n")) {
    if (line.startsWith("# HELP ")) help = [line]
    else if (line.startsWith("# TYPE ")) {
      const [, , name = "", type] = line.split(" ")
      const isGauge = type === "gauge"
      if (isGauge && !withGauges) {
        family = undefined
        continue
      }
      family = families.get(name) ?? {
        header: [...help, line],
        merge: merged[isGauge ? (gaugeRules[name] ?? "sum") : "sum"],
        samples: new Map(),
      }
      families.set(name, family)
    } else if (line !== "" && family !== undefined) {
      const end = line.lastIndexOf(" ")
      const [sample, value] = [line.slice(0, end), Number(line.slice(end + 1))]
      const before = family.samples.get(sample)
      family.samples.set(sample, before === undefined ? value : family.merge(before, value))
    }
  }
}

const format = (families: ReadonlyMap<string, Family>): string =>
  [...families.values()]
    .flatMap(({ header, samples }) => [...header, ...[...samples].map(([sample, value]) => `${sample} ${value}`)])
    .map((line) => `${line}\n`)
    .join("")

/**
 * Merges the texts of processes that run. Of the texts in `past`, of processes that ended or are late, it adds the
 * counters and histograms alone. Otherwise a sum would fall, which readers take for a restart.
 */
export const mergeMetrics = (texts: ReadonlyArray<string>, past: ReadonlyArray<string> = []): string => {
  const families = new Map<string, Family>()
  for (const text of texts) add(families, text, true)
  for (const text of past) add(families, text, false)
  return format(families)
}
