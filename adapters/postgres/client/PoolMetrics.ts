/** Measures a connection pool. */
import { beforeScrape, gauge } from "../../telemetry/Metrics.ts"
import type { ConnectionLane } from "./ConnectionLane.ts"
import type { ConnectionQueue } from "./ConnectionQueue.ts"

const maximum = gauge("taskwright_database_pool_connections_max", "The maximum number of connections.")
const inUse = gauge("taskwright_database_pool_connections_in_use", "Connections with a statement or a unit of work.")
const waiting = gauge("taskwright_database_pool_waiting", "Statements and units of work that wait for a connection.")

/** Sets the gauges of the pool before every scrape. Returns a function that ends this. */
export const measurePool = (lanes: ReadonlyArray<ConnectionLane>, queue: ConnectionQueue): (() => void) => {
  maximum.set(lanes.length)
  return beforeScrape(() => {
    inUse.set(lanes.filter(({ depth, isReserved }) => depth > 0 || isReserved).length)
    waiting.set(queue.size)
  })
}
