/**
 * A map that forgets what was not used for a while, and never holds more than it may.
 *
 * It has two generations. What is used moves to the young one; every `spanMillis`, or as soon as the young one holds
 * half of `capacity`, the old one is dropped and the young one grows old. So an entry stays for at least `spanMillis`
 * after its last use unless more than half of `capacity` other ones were used since, and no step takes longer for the
 * number of entries (a `Map` whose first key is deleted again and again does).
 */
export interface GenerationalCache<K, V> {
  /** The value, used by being asked for. */
  readonly get: (key: K, nowMillis: number) => V | undefined
  /** Whether there is one; asking is no use of it. */
  readonly has: (key: K, nowMillis: number) => boolean
  readonly set: (key: K, value: V, nowMillis: number) => void
  readonly delete: (key: K) => void
}

export const makeRecentEntries = <K, V>(capacity: number, spanMillis: () => number): GenerationalCache<K, V> => {
  let young = new Map<K, V>()
  let old = new Map<K, V>()
  let turnedAt = Number.NEGATIVE_INFINITY

  const turnIfDue = (nowMillis: number): void => {
    const age = nowMillis - turnedAt
    if (age < spanMillis() && young.size < capacity / 2) return
    // After two spans without a turn the young ones are as old as the old.
    old = age < 2 * spanMillis() ? young : new Map()
    young = new Map()
    turnedAt = nowMillis
  }

  return {
    get: (key, nowMillis) => {
      turnIfDue(nowMillis)
      const recent = young.get(key)
      if (recent !== undefined) return recent
      const value = old.get(key)
      if (value === undefined) return undefined
      old.delete(key)
      young.set(key, value)
      return value
    },
    has: (key, nowMillis) => {
      turnIfDue(nowMillis)
      return young.has(key) || old.has(key)
    },
    set: (key, value, nowMillis) => {
      turnIfDue(nowMillis)
      young.set(key, value)
    },
    delete: (key) => {
      young.delete(key)
      old.delete(key)
    },
  }
}
