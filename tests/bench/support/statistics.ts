/** Percentiles, medians and spreads for the benchmarks. */

/** Returns the value below which that share (0 to 1) of the sorted values lies. */
export const percentile = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

const sort = (values: Iterable<number>): Float64Array => Float64Array.from(values).sort()

export const median = (values: Iterable<number>): number => percentile(sort(values), 0.5)

/** A median, with the quarters below and above which lies a quarter of the values each. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export const spreadOf = (values: Iterable<number>): Spread => {
  const sorted = sort(values)
  return { median: percentile(sorted, 0.5), low: percentile(sorted, 0.25), high: percentile(sorted, 0.75) }
}

export interface Latency {
  readonly n: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** Returns the percentiles of latencies, with two decimals. */
export const latencyOf = (values: Iterable<number>): Latency => {
  const sorted = sort(values)
  const at = (share: number) => round(percentile(sorted, share), 2)
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

/** Returns the number with at most that many decimals. */
export const round = (value: number, decimals: number): number => Number(value.toFixed(decimals))
