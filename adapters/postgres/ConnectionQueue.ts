/** What waits for a connection of the pool. Used by `ConnectionPool.ts` alone. */
import type { SqlError } from "effect/sql"
import type { ConnectionLane } from "./ConnectionLane.ts"

/** A statement or a unit of work that has no connection yet. */
export interface Waiting {
  /** The table of the statement; null for a unit of work. */
  readonly table: string | null
  /** In `performance.now()`. */
  readonly since: number
  readonly start: (lane: ConnectionLane) => void
  readonly fail: (error: SqlError.SqlError) => void
}

/** How many may wait at once. */
const maximumWaiting = 5_000

/** One queue for each table and one for units of work, so that those that cannot run do not hold up the others. */
export class ConnectionQueue {
  readonly #queues = new Map<string | null, Array<Waiting>>()
  #count = 0

  get isEmpty(): boolean {
    return this.#count === 0
  }

  has(table: string | null): boolean {
    return this.#queues.has(table)
  }

  /** False where too many wait already. */
  add(waiting: Waiting): boolean {
    if (this.#count >= maximumWaiting) return false
    this.#count++
    const queue = this.#queues.get(waiting.table)
    if (queue === undefined) this.#queues.set(waiting.table, [waiting])
    else queue.push(waiting)
    return true
  }

  /** False where it does not wait. */
  remove(waiting: Waiting): boolean {
    const queue = this.#queues.get(waiting.table)
    const index = queue?.indexOf(waiting) ?? -1
    if (queue === undefined || index < 0) return false
    queue.splice(index, 1)
    this.#count--
    if (queue.length === 0) this.#queues.delete(waiting.table)
    return true
  }

  /** Takes out the one that waits longest among those for which there is a connection. */
  takeNext(
    choose: (table: string | null) => ConnectionLane | undefined,
  ): { readonly waiting: Waiting; readonly lane: ConnectionLane } | undefined {
    let next: { readonly waiting: Waiting; readonly lane: ConnectionLane } | undefined
    for (const [table, [waiting]] of this.#queues) {
      if (waiting === undefined || (next !== undefined && next.waiting.since <= waiting.since)) continue
      const lane = choose(table)
      if (lane !== undefined) next = { waiting, lane }
    }
    if (next !== undefined) this.remove(next.waiting)
    return next
  }

  /** Takes out those that wait since before the time. */
  takeOlderThan(time: number): ReadonlyArray<Waiting> {
    const old = [...this.#queues.values()].flatMap((queue) => queue.filter(({ since }) => since < time))
    for (const waiting of old) this.remove(waiting)
    return old
  }
}
