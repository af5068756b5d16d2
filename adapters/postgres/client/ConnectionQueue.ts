/** The queue of statements and units that wait for a connection of the pool. Used only by `ConnectionPool.ts`. */
import type { SqlError } from "effect/sql"
import type { ConnectionLane } from "./ConnectionLane.ts"

/** A statement or a unit of work that has no connection yet. */
export interface QueueEntry {
  /** The table of the statement, or of a unit's first one; empty if there is none. */
  readonly table: string
  readonly isUnit: boolean
  /** In `performance.now()`. */
  readonly since: number
  readonly start: (lane: ConnectionLane) => void
  readonly fail: (error: SqlError.SqlError) => void
}

/** The maximum number that may wait at once. */
const maxEntries = 5_000

/** Separate queues of statements and of units for each table, so that those that cannot run do not delay the others. */
export class ConnectionQueue {
  readonly #queues = new Map<string, Array<QueueEntry>>()
  #count = 0

  get size(): number {
    return this.#count
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** Returns whether others for the same table and of the same kind already wait. */
  hasBefore(entry: QueueEntry): boolean {
    return this.#count > 0 && this.#queues.has(keyOf(entry))
  }

  /** Returns false if too many already wait. */
  add(entry: QueueEntry): boolean {
    if (this.#count >= maxEntries) return false
    this.#count++
    const key = keyOf(entry)
    const queue = this.#queues.get(key)
    if (queue === undefined) this.#queues.set(key, [entry])
    else queue.push(entry)
    return true
  }

  /** Returns false if it was not waiting. */
  remove(entry: QueueEntry): boolean {
    if (this.#count === 0) return false
    const key = keyOf(entry)
    const queue = this.#queues.get(key)
    const index = queue?.indexOf(entry) ?? -1
    if (queue === undefined || index < 0) return false
    queue.splice(index, 1)
    this.#count--
    if (queue.length === 0) this.#queues.delete(key)
    return true
  }

  /** Removes the one that has waited longest among those that can get a connection. */
  takeNext(
    choose: (entry: QueueEntry) => ConnectionLane | undefined,
  ): { readonly entry: QueueEntry; readonly lane: ConnectionLane } | undefined {
    let next: { readonly entry: QueueEntry; readonly lane: ConnectionLane } | undefined
    for (const [entry] of this.#queues.values()) {
      if (entry === undefined || (next !== undefined && next.entry.since <= entry.since)) continue
      const lane = choose(entry)
      if (lane !== undefined) next = { entry, lane }
    }
    if (next !== undefined) this.remove(next.entry)
    return next
  }

  /** Removes those that have waited since before the time. */
  takeOlderThan(time: number): ReadonlyArray<QueueEntry> {
    const old = [...this.#queues.values()].flatMap((queue) => queue.filter(({ since }) => since < time))
    for (const entry of old) this.remove(entry)
    return old
  }
}

const keyOf = ({ isUnit, table }: QueueEntry): string => (isUnit ? `unit ${table}` : table)
