/** Limits how often one origin makes the store look for API tokens that do not exist. */

/** How many unknown tokens an origin may present in a window, and how long that is, in milliseconds. */
const maxUnknown = 20
const windowMillis = 60_000
/** The maximum number of origins that are remembered. Beyond it, all are forgotten at once. */
const maxOrigins = 10_000

interface Failures {
  count: number
  readonly until: number
}

/** Counts the unknown tokens of each origin. Times are monotonic, in milliseconds. */
export const makeUnknownTokens = () => {
  const failures = new Map<string, Failures>()
  return {
    /** Returns how long the origin has to wait before another token of it is looked up; 0 if it need not. */
    waitMillis: (origin: string, nowMillis: number): number => {
      const known = failures.get(origin)
      return known === undefined || known.count < maxUnknown ? 0 : Math.max(0, known.until - nowMillis)
    },
    /** Counts one more unknown token of the origin. */
    add: (origin: string, nowMillis: number): void => {
      const known = failures.get(origin)
      if (known !== undefined && known.until > nowMillis) known.count += 1
      else {
        if (failures.size >= maxOrigins) failures.clear()
        failures.set(origin, { count: 1, until: nowMillis + windowMillis })
      }
    },
  }
}
