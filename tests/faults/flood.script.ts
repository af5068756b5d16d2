/** Floods a server from a thread of its own, so that the client that is measured does not wait for the flood's own work. */
import { parentPort, workerData } from "node:worker_threads"
import type { Flood, FloodCounts } from "./startFlood.ts"

const { callers, pauseMillis, requests, url } = workerData as Flood

const counts: Record<string, number> = {}
let isOver = false
let turn = 0

const call = async () => {
  while (!isOver) {
    const number = turn++
    const request = requests[number % requests.length]
    if (request === undefined) return
    const response = await fetch(`${url}${request.path}`, {
      method: request.method,
      headers: {
        "content-type": "application/json",
        ...(request.token !== undefined && { authorization: `Bearer ${request.token}` }),
      },
      ...(request.body !== undefined && { body: request.body.replace("{turn}", String(number)) }),
    })
    await response.arrayBuffer()
    counts[response.status] = (counts[response.status] ?? 0) + 1
    await new Promise((resolve) => setTimeout(resolve, pauseMillis))
  }
}

const floods = Array.from({ length: callers }, call)
parentPort?.once("message", async () => {
  isOver = true
  await Promise.all(floods)
  parentPort?.postMessage(counts satisfies FloodCounts)
})
