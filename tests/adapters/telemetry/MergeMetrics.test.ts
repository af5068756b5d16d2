/** Holds merged metrics to what readers of Prometheus expect of one process. */
import { describe, expect, it } from "@effect/vitest"
import { gaugeRules, mergeMetrics } from "../../../adapters/telemetry/MergeMetrics.ts"
import { filesUnder, readSource } from "../../support/sources.ts"

const family = (name: string, type: string, ...samples: ReadonlyArray<string>): string =>
  [`# HELP ${name} Says, what it is.`, `# TYPE ${name} ${type}`, ...samples, ""].join("\n")

describe("merged metrics", () => {
  it("add counters by their labels, and keep labels with spaces and braces", () => {
    const one = family("a_total", "counter", 'a_total{route="GET /x"} 2', 'a_total{route="} 1"} 1')
    const other = family("a_total", "counter", 'a_total{route="GET /x"} 3', 'a_total{route="/z"} 0.5')
    expect(mergeMetrics([one, other])).toBe(
      family("a_total", "counter", 'a_total{route="GET /x"} 5', 'a_total{route="} 1"} 1', 'a_total{route="/z"} 0.5'),
    )
  })

  it("add each bucket, the sum and the count of histograms", () => {
    const text = (low: number, all: number, sum: number) =>
      family(
        "d",
        "histogram",
        `d_bucket{le="1"} ${low}`,
        `d_bucket{le="+Inf"} ${all}`,
        `d_sum ${sum}`,
        `d_count ${all}`,
      )
    expect(mergeMetrics([text(1, 2, 3), text(4, 6, 8.5)])).toBe(text(5, 8, 11.5))
  })

  it("keep the samples of a family together, in the order of their first process", () => {
    const one = family("a", "gauge", "a 1") + family("b", "gauge", "b 1")
    const other = family("c", "gauge", "c 1") + family("a", "gauge", 'a{x="y"} 1')
    expect(mergeMetrics([one, other])).toBe(
      family("a", "gauge", "a 1", 'a{x="y"} 1') + family("b", "gauge", "b 1") + family("c", "gauge", "c 1"),
    )
  })

  it.each([
    ["taskwright_streams_open", 7],
    ["nodejs_eventloop_lag_max_seconds", 4],
    ["taskwright_database_up", 1],
    ["taskwright_outbox_waiting", 1],
  ])("follow the rule of the gauge %s", (name, value) => {
    expect(mergeMetrics([1, 4, 2].map((each) => family(name, "gauge", `${name} ${each}`)))).toBe(
      family(name, "gauge", `${name} ${value}`),
    )
  })

  it("have the counters of past processes, and not their gauges", () => {
    const text = family("a_total", "counter", "a_total 2") + family("b", "gauge", "b 3")
    expect(mergeMetrics([text], [text, text])).toBe(
      family("a_total", "counter", "a_total 6") + family("b", "gauge", "b 3"),
    )
    expect(mergeMetrics([], [text, ""])).toBe(family("a_total", "counter", "a_total 2"))
  })

  it("have a rule for every gauge of the service", () => {
    const names = ["adapters", "bootstrap"]
      .flatMap(filesUnder)
      .filter((path) => path.endsWith(".ts"))
      .flatMap((path) => [...readSource(path).matchAll(/gauge\(\s*"(\w+)"/g)].map(([, name = ""]) => name))
    expect(names.toSorted()).toStrictEqual(Object.keys(gaugeRules).toSorted())
  })
})
