/**
 * A bounded map that drops entries which were not used recently.
 *
 * It has two generations, current and previous. A used entry moves to the current one. Every `spanMillis`, or when the
 * current one holds half of `capacity`, the previous generation is dropped and the current one becomes previous. So an
 * entry stays for at least `spanMillis` after its last use. The exception: more than half of `capacity` other entries
 * were used since. No step takes longer with more entries. (In a `Map`, deleting the first key again and again does.)
 */
export interface GenerationalCache<K, V> {
  /** Returns the value; this counts as a use. */
  readonly get: (key: K, nowMillis: number) => V | undefined
  /** Returns whether the key has a value; this does not count as a use. */
  readonly has: (key: K, nowMillis: number) => boolean
  readonly set: (key: K, value: V, nowMillis: number) => void
  readonly delete: (key: K) => void
}

export const makeGenerationalCache = <K, V>(capacity: number, spanMillis: () => number): GenerationalCache<K, V> => {
  let current = new Map<K, V>()
  let previous = new Map<K, V>()
  let rotatedAt = Number.NEGATIVE_INFINITY

  const rotateIfDue = (nowMillis: number): void => {
    const age = nowMillis - rotatedAt
    if (age < spanMillis() && current.size < capacity / 2) return
    // After two spans without a rotation, the current entries have expired too.
    previous = age < 2 * spanMillis() ? current : new Map()
    current = new Map()
    rotatedAt = nowMillis
  }

  return {
    get: (key, nowMillis) => {
      rotateIfDue(nowMillis)
      const recent = current.get(key)
      if (recent !== undefined) return recent
      const value = previous.get(key)
      if (value === undefined) return undefined
      previous.delete(key)
      current.set(key, value)
      return value
    },
    has: (key, nowMillis) => {
      rotateIfDue(nowMillis)
      return current.has(key) || previous.has(key)
    },
    set: (key, value, nowMillis) => {
      rotateIfDue(nowMillis)
      current.set(key, value)
    },
    delete: (key) => {
      current.delete(key)
      previous.delete(key)
    },
  }
}
