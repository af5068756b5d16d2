/**
 * Chooses the connection for each statement and unit of work. A statement that waits for a lock must delay only
 * statements about the same table. A short `lock_timeout` alone would not suffice: statements queued on one connection
 * would time out one after the other. Used only by `ConnectionPool.ts`.
 */
import type { ConnectionLane } from "./ConnectionLane.ts"

/** From this duration on, in milliseconds, a running statement keeps others off its connection. */
export const stalledMillis = 100

/**
 * Returns the connection for a statement about the table, or `undefined` if it must wait:
 *
 * - A connection gets no further statements once its oldest one has run for 100 ms.
 * - Statements about one table leave at least one connection to the others, if there are two or more.
 * - A statement shares its connection with statements about the same table as long as another connection is idle.
 */
export const chooseForStatement = (lanes: ReadonlyArray<ConnectionLane>, table: string): ConnectionLane | undefined => {
  const now = performance.now()
  let carriers = 0
  let idle: ConnectionLane | undefined
  let carrier: ConnectionLane | undefined
  let shared: ConnectionLane | undefined
  for (const lane of lanes) {
    const count = lane.countOf(table)
    if (count > 0 && table !== "") carriers++
    if (lane.isReserved || lane.isFull || lane.isStalled(now, stalledMillis)) continue
    if (lane.depth === 0) idle ??= lane
    else if (count === lane.depth) return lane
    else if (count > 0) carrier ??= lane
    else if (shared === undefined || lane.depth < shared.depth) shared = lane
  }
  return carriers < Math.max(1, lanes.length - 1) ? (idle ?? carrier ?? shared) : carrier
}

/**
 * Returns the connection for a unit of work that begins with the table, or `undefined` if it must wait:
 *
 * - A unit leaves a connection on which statements make progress, unless those about its own table do so too.
 * - Units leave at least one connection to statements, and those about one table leave one to other units.
 */
export const chooseForUnit = (lanes: ReadonlyArray<ConnectionLane>, table: string): ConnectionLane | undefined => {
  const now = performance.now()
  const count = lanes.length
  let best: ConnectionLane | undefined
  let carrier: ConnectionLane | undefined
  let [progressing, carriers, units, unitsOfTable, isTableStalled] = [0, 0, 0, 0, false]
  for (const lane of lanes) {
    const isCarrier = table !== "" && lane.countOf(table) > 0
    if (isCarrier) carriers++
    if (lane.isReserved) {
      units++
      if (isCarrier) unitsOfTable++
    }
    if (lane.isStalled(now, stalledMillis)) isTableStalled ||= isCarrier
    else if (!lane.isReserved) {
      progressing++
      if (best === undefined || lane.depth < best.depth) best = lane
      if (isCarrier && (carrier === undefined || lane.depth < carrier.depth)) carrier = lane
    }
  }
  if (count === 1) return best
  if (units >= count - 1 || unitsOfTable >= Math.max(1, count - 2)) return undefined
  if (progressing === 1 && isTableStalled) return undefined
  return carriers < count - 1 ? best : carrier
}
