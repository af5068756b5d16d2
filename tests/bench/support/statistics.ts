/** Percentiles and medians for the benchmarks. */

/** Returns the value below which that share (0 to 1) of the sorted values lies. */
export const percentile = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

export const median = (values: ReadonlyArray<number>): number =>
  percentile(
    [...values].sort((one, other) => one - other),
    0.5,
  )
