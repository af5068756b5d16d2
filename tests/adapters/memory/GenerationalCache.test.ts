/** Holds the bounded map to its least recently used entries. */
import { describe, expect, it } from "@effect/vitest"
import { makeGenerationalCache } from "../../../adapters/memory/state/GenerationalCache.ts"

describe("the generational cache", () => {
  it("keeps an entry for a span after its last use, and not for more than two", () => {
    const entries = makeGenerationalCache<string, number>(100, () => 10)
    entries.set("used", 1, 0)
    entries.set("unused", 2, 0)
    for (let now = 0; now <= 60; now += 10) expect(entries.get("used", now)).toBe(1)
    expect(entries.get("unused", 60)).toBeUndefined()
    entries.set("late", 3, 65)
    expect(entries.has("late", 75)).toBe(true)
    expect(entries.has("late", 86)).toBe(false)
  })

  it("does not count `has` as a use", () => {
    const entries = makeGenerationalCache<string, number>(100, () => 10)
    entries.set("asked for", 1, 0)
    for (let now = 0; now < 20; now++) entries.has("asked for", now)
    expect(entries.has("asked for", 20)).toBe(false)
  })

  it("drops all entries after a long time without use", () => {
    const entries = makeGenerationalCache<string, number>(100, () => 10)
    entries.set("key", 1, 0)
    expect(entries.get("key", 1000)).toBeUndefined()
  })

  it("replaces and deletes entries of either generation", () => {
    const entries = makeGenerationalCache<string, number>(100, () => 10)
    entries.set("key", 1, 0)
    entries.set("key", 2, 12)
    expect(entries.get("key", 12)).toBe(2)
    entries.delete("key")
    expect(entries.get("key", 12)).toBeUndefined()
    expect(entries.has("key", 12)).toBe(false)
  })

  it("keeps the most recently used when there are too many", () => {
    const entries = makeGenerationalCache<number, true>(10, () => Number.POSITIVE_INFINITY)
    for (let key = 0; key < 1000; key++) {
      entries.set(key, true, key)
      expect(entries.get(0, key)).toBe(true)
      for (let recent = Math.max(key - 3, 0); recent <= key; recent++) expect(entries.has(recent, key)).toBe(true)
    }
    let kept = 0
    for (let key = 0; key < 1000; key++) if (entries.has(key, 1000)) kept++
    expect(kept).toBeLessThanOrEqual(10)
  })
})
