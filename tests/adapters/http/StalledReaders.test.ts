/** Holds the limit of readers that stall to the slowest connections. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type Connection, cutOffStalledReaders } from "../../../adapters/http/server/connections/StalledReaders.ts"

const limitMillis = 30_000

/** A connection with that many bytes in this process's buffer. `take` is how many of them its system accepts. */
const connection = (unsent: number, written = unsent) => ({
  destroyed: false,
  bytesWritten: written,
  writableLength: unsent,
  /** How many bytes the system's queue holds. */
  queued: 0,
  take(bytes: number) {
    this.writableLength -= bytes
  },
  resetAndDestroy() {
    this.destroyed = true
  },
})
type Fake = ReturnType<typeof connection>

describe("readers that stall", () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const watch = (fakes: ReadonlyArray<Fake>, onCut: (connections: number) => void = () => undefined) => {
    const queues = new Map<object, Fake>(fakes.map((fake) => [fake, fake]))
    const connections: ReadonlyArray<Connection> = fakes
    const readQueues = vi.fn(async () => (ends: object) => queues.get(ends)?.queued)
    return { readQueues, stop: cutOffStalledReaders(connections, limitMillis, readQueues, onCut) }
  }

  it("are cut off once nothing was taken for the whole limit, and not a moment earlier", async () => {
    const fakes = [connection(1000), connection(1000)]
    const cuts: Array<number> = []
    const { stop } = watch(fakes, (connections) => cuts.push(connections))
    await vi.advanceTimersByTimeAsync(limitMillis)
    expect(fakes.map(({ destroyed }) => destroyed)).toEqual([false, false])
    await vi.advanceTimersByTimeAsync(limitMillis)
    expect(fakes.map(({ destroyed }) => destroyed)).toEqual([true, true])
    expect(cuts).toEqual([2])
    stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it("are not those that take a byte now and then, or that wait for a response", async () => {
    const [slow, waiting, idle] = [connection(1000), connection(0, 500), connection(500)]
    const onCut = vi.fn()
    const { stop } = watch([slow, waiting, idle], onCut)
    for (let round = 0; round < 20; round++) {
      await vi.advanceTimersByTimeAsync(limitMillis * 0.8)
      slow.take(1)
      idle.take(1)
    }
    expect(onCut).not.toHaveBeenCalled()
    idle.take(480)
    await vi.advanceTimersByTimeAsync(limitMillis * 3)
    // Once the system has accepted all bytes, there is nothing to wait for.
    expect([slow, waiting, idle].map(({ destroyed }) => destroyed)).toEqual([true, false, false])
    stop()
  })

  it("are those that took bytes and then stopped, also if more is written for them", async () => {
    const fake = connection(1000)
    const { stop } = watch([fake])
    for (let round = 0; round < 12; round++) {
      await vi.advanceTimersByTimeAsync(limitMillis / 6)
      fake.bytesWritten += 100
      fake.writableLength += 100
    }
    expect(fake.destroyed).toBe(true)
    stop()
  })

  it("are found though the system took a large response whole, and spared while their peer takes of that", async () => {
    const [stalled, slow] = [connection(0, 3_000_000), connection(0, 3_000_000)]
    stalled.queued = 2_900_000
    slow.queued = 2_900_000
    const { stop } = watch([stalled, slow])
    for (let round = 0; round < 10; round++) {
      await vi.advanceTimersByTimeAsync(limitMillis * 0.8)
      slow.queued -= 1
    }
    expect([stalled, slow].map(({ destroyed }) => destroyed)).toEqual([true, false])
    stop()
  })

  it("are not looked for in the system where none can be", async () => {
    const [small, busy] = [connection(0, 1000), connection(0, 1000)]
    const { readQueues, stop } = watch([small, busy])
    for (let round = 0; round < 20; round++) {
      busy.bytesWritten += 1_000_000
      await vi.advanceTimersByTimeAsync(limitMillis / 6)
    }
    expect(readQueues).not.toHaveBeenCalled()
    stop()
  })
})
