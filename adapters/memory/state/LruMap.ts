/**
 * A bounded map that drops entries which were not used recently.
 *
 * It has two generations, young and old. A used entry moves to the young one. Every `spanMillis`, or when the young one
 * holds half of `capacity`, the old generation is dropped and the young one becomes old. So an entry stays for at least
 * `spanMillis` after its last use. The exception: more than half of `capacity` other entries were used since. No step
 * takes longer with more entries. (In a `Map`, deleting the first key again and again does.)
 */
export interface GenerationalCache<K, V> {
  /** Returns the value; this counts as a use. */
  readonly get: (key: K, nowMillis: number) => V | undefined
  /** Returns whether the key has a value; this does not count as a use. */
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
    // After two spans without a turn, the young entries have expired too.
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
