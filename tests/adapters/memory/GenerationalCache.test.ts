/** Holds the bounded map to its least recently used entries. */
import { assert, describe, it } from "@effect/vitest"
import { makeGenerationalCache } from "../../../adapters/memory/state/GenerationalCache.ts"

describe("the generational cache", () => {
  it("keeps an entry for a span after its last use, and not for more than two", () => {
    const entries = makeGenerationalCache<string, number>(100, () => 10)
    entries.set("used", 1, 0)
    entries.set("unused", 2, 0)
    for (let now = 0; now <= 60; now += 10) assert.strictEqual(entries.get("used", now), 1)
    assert.isUndefined(entries.get("unused", 60))
    entries.set("late", 3, 65)
    assert.isTrue(entries.has("late", 75))
    assert.isFalse(entries.has("late", 86))
  })

  it("does not count `has` as a use", () => {
    const entries = makeGenerationalCache<string, number>(100, () => 10)
    entries.set("asked for", 1, 0)
    for (let now = 0; now < 20; now++) entries.has("asked for", now)
    assert.isFalse(entries.has("asked for", 20))
  })

  it("drops all entries after a long time without use", () => {
    const entries = makeGenerationalCache<string, number>(100, () => 10)
    entries.set("key", 1, 0)
    assert.isUndefined(entries.get("key", 1000))
  })

  it("replaces and deletes entries of either generation", () => {
    const entries = makeGenerationalCache<string, number>(100, () => 10)
    entries.set("key", 1, 0)
    entries.set("key", 2, 12)
    assert.strictEqual(entries.get("key", 12), 2)
    entries.delete("key")
    assert.isUndefined(entries.get("key", 12))
    assert.isFalse(entries.has("key", 12))
  })

  it("keeps the most recently used when there are too many", () => {
    const entries = makeGenerationalCache<number, true>(10, () => Number.POSITIVE_INFINITY)
    for (let key = 0; key < 1000; key++) {
      entries.set(key, true, key)
      assert.isTrue(entries.get(0, key))
      for (let recent = Math.max(key - 3, 0); recent <= key; recent++) assert.isTrue(entries.has(recent, key))
    }
    let kept = 0
    for (let key = 0; key < 1000; key++) if (entries.has(key, 1000)) kept++
    assert.isAtMost(kept, 10)
  })
})
