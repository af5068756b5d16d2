/** Starts a flood of requests in a thread of its own. */
import { once } from "node:events"
import { Worker } from "node:worker_threads"

export interface FloodRequest {
  readonly method: string
  readonly path: string
  readonly token?: string
  /** `{turn}` in it becomes the number of the request. */
  readonly body?: string
}

export interface Flood {
  readonly url: string
  /** How many requests are open at once. */
  readonly callers: number
  /** How long each caller waits between two requests. */
  readonly pauseMillis: number
  /** They are sent in turn. */
  readonly requests: ReadonlyArray<FloodRequest>
}

/** How often each status came. */
export type FloodCounts = Readonly<Record<string, number>>

/** Starts the flood. The function that it returns ends it. */
export const startFlood = (flood: Flood): (() => Promise<FloodCounts>) => {
  const worker = new Worker(new URL("flood.script.ts", import.meta.url), { workerData: flood })
  return async () => {
    worker.postMessage("stop")
    const [counts] = (await once(worker, "message")) as [FloodCounts]
    await worker.terminate()
    return counts
  }
}
