/** One connection of the pool, with the statements in progress on it. Used only by `ConnectionPool.ts`. */
import { type PgConnection, PgPool } from "@effect/sql-pg"
import { Effect, Exit, type Fiber, Scope } from "effect"
import type { SqlError } from "effect/sql"

/**
 * The maximum number of statements that share a connection. They run one after the other there, commits included. A
 * higher number would use few of the connections, and statements would wait for each other's disk writes. A lower one
 * would cost a round trip for each statement.
 */
const maximumDepth = 8

/** A statement that was sent and has no response yet. */
export interface SentStatement {
  /** The table that it is about; empty if there is none. */
  readonly table: string
  readonly fiber: Fiber.Fiber<unknown, SqlError.SqlError> | undefined
  /** Its caller has a result or was interrupted; only the response is still awaited. */
  readonly isAbandoned: boolean
}

/** A connection that opens with its first statement, and again after a failure. */
export class ConnectionLane {
  /** The reservation by a unit of work: the table of its last statement, and since when. */
  #reserved: { readonly table: string; readonly since: number } | undefined
  readonly #config: PgPool.Config
  readonly #depth: number
  readonly #sent: Array<SentStatement> = []
  #headSince = 0
  #canceled: SentStatement | undefined
  #connection: PgConnection.PgConnection | undefined
  #pool: PgPool.PgPool
  #scope: Scope.Closeable

  constructor(config: PgPool.Config) {
    this.#config = { ...config, maxConnections: 1, multiplexConcurrency: 2 * maximumDepth }
    this.#depth = config.multiplex === true ? maximumDepth : 1
    ;[this.#pool, this.#scope] = openPool(this.#config)
  }

  get depth(): number {
    return this.#sent.length
  }

  get isFull(): boolean {
    return this.#sent.length >= this.#depth
  }

  get isReserved(): boolean {
    return this.#reserved !== undefined
  }

  reserveFor(table: string): void {
    this.#reserved = { table, since: performance.now() }
  }

  release(): void {
    this.#reserved = undefined
  }

  /** Returns whether the oldest statement, or the unit, takes longer than this: others would wait behind it. */
  isStalled(now: number, millis: number): boolean {
    if (this.#reserved !== undefined) return now - this.#reserved.since > millis
    return this.isHeadStalled(now, millis)
  }

  /** Like `isStalled`, for the statements alone: a unit that has reserved the connection waits for them too. */
  isHeadStalled(now: number, millis: number): boolean {
    return this.#sent.length > 0 && now - this.#headSince > millis
  }

  /** Returns how many of the statements are about the table. */
  countOf(table: string): number {
    if (this.#reserved !== undefined) return this.#reserved.table === table ? 1 : 0
    let count = 0
    for (const statement of this.#sent) if (statement.table === table) count++
    return count
  }

  add(statement: SentStatement, now: number): void {
    if (this.#sent.length === 0) this.#headSince = now
    this.#sent.push(statement)
  }

  remove(statement: SentStatement, now: number): void {
    const index = this.#sent.indexOf(statement)
    if (index < 0) return
    this.#sent.splice(index, 1)
    if (index === 0) this.#headSince = now
  }

  use<A>(
    run: (connection: PgConnection.PgConnection) => Effect.Effect<A, SqlError.SqlError>,
  ): Effect.Effect<A, SqlError.SqlError> {
    return this.#pool.use((connection) => {
      this.#connection = connection
      return run(connection)
    })
  }

  /** Reserves the connection for one holder, once the statements in progress have their responses. */
  get reserve(): Effect.Effect<PgConnection.PgConnection, SqlError.SqlError, Scope.Scope> {
    return this.#pool.reserve
  }

  /**
   * Returns the connection to cancel, once for each statement that runs without a caller; `undefined` if there is none.
   */
  takeConnectionToCancel(): PgConnection.PgConnection | undefined {
    const [head] = this.#sent
    if (head === undefined || !head.isAbandoned || head === this.#canceled) return undefined
    this.#canceled = head
    return this.#connection
  }

  /** Replaces a connection that no longer responds; the next statement opens a new one. */
  replace(): void {
    const scope = this.#scope
    ;[this.#pool, this.#scope] = openPool(this.#config)
    for (const { fiber } of [...this.#sent]) fiber?.interruptUnsafe()
    Effect.runFork(Scope.close(scope, Exit.void))
  }

  get close(): Effect.Effect<void> {
    return Effect.suspend(() => Scope.close(this.#scope, Exit.void))
  }
}

/** Opens no connection yet, so it completes synchronously and cannot fail. */
const openPool = (config: PgPool.Config): [PgPool.PgPool, Scope.Closeable] => {
  const scope = Scope.makeUnsafe()
  return [Effect.runSync(Effect.orDie(Scope.provide(PgPool.make(config), scope))), scope]
}
