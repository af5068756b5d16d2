import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { cutOffStalledReaders } from "../../../adapters/http/StalledReaders.ts"

const limitMillis = 30_000

/** A connection with unsent bytes; `take` is what its system takes of them. */
const connection = (unsent: number) => ({
  destroyed: false,
  bytesWritten: unsent,
  writableLength: unsent,
  take(bytes: number) {
    this.writableLength -= bytes
  },
  resetAndDestroy() {
    this.destroyed = true
  },
})

describe("readers that stall", () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test("are cut off once nothing was taken for the whole limit, and not a moment earlier", () => {
    const sockets = [connection(1000), connection(1000)]
    const cuts: Array<number> = []
    const stop = cutOffStalledReaders(
      // Two responses of one connection are one reader.
      [...sockets, ...sockets].map((socket) => ({ req: { socket } })),
      limitMillis,
      (connections) => cuts.push(connections),
    )
    vi.advanceTimersByTime(limitMillis)
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false, false])
    vi.advanceTimersByTime(limitMillis)
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true])
    expect(cuts).toEqual([2])
    stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  test("are not those that take a byte now and then, or that wait for a response", () => {
    const [slow, waiting, idle] = [connection(1000), connection(0), connection(500)]
    const cutOff = vi.fn()
    const stop = cutOffStalledReaders(
      [slow, waiting, idle].map((socket) => ({ req: { socket } })),
      limitMillis,
      cutOff,
    )
    for (let round = 0; round < 20; round++) {
      vi.advanceTimersByTime(limitMillis * 0.8)
      slow.take(1)
      idle.take(1)
    }
    expect(cutOff).not.toHaveBeenCalled()
    idle.take(480)
    vi.advanceTimersByTime(limitMillis * 3)
    // What is taken whole leaves nothing to wait for.
    expect([slow, waiting, idle].map(({ destroyed }) => destroyed)).toEqual([true, false, false])
    stop()
  })

  test("are those that took bytes and then stopped, also if more is written for them", () => {
    const socket = connection(1000)
    const stop = cutOffStalledReaders([{ req: { socket } }], limitMillis, () => undefined)
    for (let round = 0; round < 12; round++) {
      vi.advanceTimersByTime(limitMillis / 6)
      socket.bytesWritten += 100
      socket.writableLength += 100
    }
    expect(socket.destroyed).toBe(true)
    stop()
  })
})
