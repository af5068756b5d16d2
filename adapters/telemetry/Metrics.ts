/**
 * The metrics of the process, in the registry of Effect. A series has a bounded number of labels. Counters are updated
 * without an effect, because they stand on the path of every request.
 */
import { Context, Metric } from "effect"
import { PrometheusMetrics } from "effect/observability"

const registry = Context.empty()

export interface Counter {
  readonly add: (amount: number) => void
}

/** Returns the counter of the name and labels. It is in every scrape from now on, with 0 at first. */
export const counter = (name: string, description: string, attributes: Record<string, string> = {}): Counter => {
  const metric = Metric.counter(name, { description, attributes, incremental: true })
  metric.updateUnsafe(0, registry)
  return { add: (amount) => metric.updateUnsafe(amount, registry) }
}

export interface Gauge {
  readonly set: (value: number) => void
  readonly add: (change: number) => void
}

export const gauge = (name: string, description: string, attributes: Record<string, string> = {}): Gauge => {
  const metric = Metric.gauge(name, { description, attributes })
  metric.updateUnsafe(0, registry)
  return {
    set: (value) => metric.updateUnsafe(value, registry),
    add: (change) => metric.modifyUnsafe(change, registry),
  }
}

export interface Histogram {
  readonly record: (seconds: number) => void
}

/** The upper bounds of the durations, in seconds. */
const boundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export const durations = (name: string, description: string, attributes: Record<string, string> = {}): Histogram => {
  const metric = Metric.histogram(name, { description, attributes, boundaries })
  return { record: (seconds) => metric.updateUnsafe(seconds, registry) }
}

const collectors = new Set<() => void>()

/** Calls the function before every scrape, to set gauges. Returns a function that ends this. */
export const beforeScrape = (collect: () => void): (() => void) => {
  collectors.add(collect)
  return () => collectors.delete(collect)
}

/** Returns all metrics in the text format of Prometheus. */
export const scrape = (): string => {
  for (const collect of collectors) collect()
  return PrometheusMetrics.formatUnsafe(registry)
}
