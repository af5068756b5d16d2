/** The queue of statements and units that wait for a connection of the pool. Used only by `ConnectionPool.ts`. */
import type { SqlError } from "effect/sql"
import type { ConnectionLane } from "./ConnectionLane.ts"

/** A statement or a unit of work that has no connection yet. */
export interface Waiting {
  /** The table of the statement, or of a unit's first one; empty if there is none. */
  readonly table: string
  readonly isUnit: boolean
  /** In `performance.now()`. */
  readonly since: number
  readonly start: (lane: ConnectionLane) => void
  readonly fail: (error: SqlError.SqlError) => void
}

/** The maximum number that may wait at once. */
const maximumWaiting = 5_000

/** Separate queues of statements and of units for each table, so that those that cannot run do not delay the others. */
export class ConnectionQueue {
  readonly #queues = new Map<string, Array<Waiting>>()
  #count = 0

  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** Returns whether others for the same table and of the same kind already wait. */
  hasBefore(waiting: Waiting): boolean {
    return this.#count > 0 && this.#queues.has(keyOf(waiting))
  }

  /** Returns false if too many already wait. */
  add(waiting: Waiting): boolean {
    if (this.#count >= maximumWaiting) return false
    this.#count++
    const key = keyOf(waiting)
    const queue = this.#queues.get(key)
    if (queue === undefined) this.#queues.set(key, [waiting])
    else queue.push(waiting)
    return true
  }

  /** Returns false if it was not waiting. */
  remove(waiting: Waiting): boolean {
    if (this.#count === 0) return false
    const key = keyOf(waiting)
    const queue = this.#queues.get(key)
    const index = queue?.indexOf(waiting) ?? -1
    if (queue === undefined || index < 0) return false
    queue.splice(index, 1)
    this.#count--
    if (queue.length === 0) this.#queues.delete(key)
    return true
  }

  /** Removes the one that has waited longest among those that can get a connection. */
  takeNext(
    choose: (waiting: Waiting) => ConnectionLane | undefined,
  ): { readonly waiting: Waiting; readonly lane: ConnectionLane } | undefined {
    let next: { readonly waiting: Waiting; readonly lane: ConnectionLane } | undefined
    for (const [waiting] of this.#queues.values()) {
      if (waiting === undefined || (next !== undefined && next.waiting.since <= waiting.since)) continue
      const lane = choose(waiting)
      if (lane !== undefined) next = { waiting, lane }
    }
    if (next !== undefined) this.remove(next.waiting)
    return next
  }

  /** Removes those that have waited since before the time. */
  takeOlderThan(time: number): ReadonlyArray<Waiting> {
    const old = [...this.#queues.values()].flatMap((queue) => queue.filter(({ since }) => since < time))
    for (const waiting of old) this.remove(waiting)
    return old
  }
}

const keyOf = ({ isUnit, table }: Waiting): string => (isUnit ? `unit ${table}` : table)
