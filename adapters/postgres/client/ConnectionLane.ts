/** One connection of the pool, with the statements that are under way on it. Used by `ConnectionPool.ts` alone. */
import { type PgConnection, PgPool } from "@effect/sql-pg"
import { Effect, Exit, type Fiber, Scope } from "effect"
import type { SqlError } from "effect/sql"

/**
 * How many statements share a connection. They run one after the other there, commits too, so many would use few of the
 * connections and wait for each other's disk writes; few would pay a round trip each.
 */
const maximumDepth = 8

/** A statement that was sent and is not answered. */
export interface SentStatement {
  /** The table that it is about; empty where there is none. */
  readonly table: string
  readonly fiber: Fiber.Fiber<unknown, SqlError.SqlError> | undefined
  /** Its caller has its result, or is gone: the answer is only awaited. */
  readonly isAbandoned: boolean
}

/** A connection, which opens with its first statement and again after a failure. */
export class ConnectionLane {
  /** The unit of work that has it alone: the table of its last statement, and since when that is so. */
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

  giveBack(): void {
    this.#reserved = undefined
  }

  /** Whether the oldest statement, or the unit, takes longer than this: others would wait behind it. */
  isStalled(now: number, millis: number): boolean {
    if (this.#reserved !== undefined) return now - this.#reserved.since > millis
    return this.isHeadStalled(now, millis)
  }

  /** The same of the statements alone, which a unit that has taken the connection waits for too. */
  isHeadStalled(now: number, millis: number): boolean {
    return this.#sent.length > 0 && now - this.#headSince > millis
  }

  /** How many of the statements are about the table. */
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

  /** The connection for one holder, once what is under way on it is answered. */
  get reserve(): Effect.Effect<PgConnection.PgConnection, SqlError.SqlError, Scope.Scope> {
    return this.#pool.reserve
  }

  /** The connection to cancel, once for each statement that runs without a caller; undefined where there is none. */
  takeConnectionToCancel(): PgConnection.PgConnection | undefined {
    const [head] = this.#sent
    if (head === undefined || !head.isAbandoned || head === this.#canceled) return undefined
    this.#canceled = head
    return this.#connection
  }

  /** Gives up a connection on which no answer comes any more; the next statement opens another. */
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

/** Nothing is opened yet, so this is done at once and cannot fail. */
const openPool = (config: PgPool.Config): [PgPool.PgPool, Scope.Closeable] => {
  const scope = Scope.makeUnsafe()
  return [Effect.runSync(Effect.orDie(Scope.provide(PgPool.make(config), scope))), scope]
}
