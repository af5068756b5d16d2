/**
 * The connections to a PostgreSQL server. The library's pool fills one connection after the other, so each
 * `ConnectionLane` uses it for a single connection.
 */
import type { PgConnection, PgPool } from "@effect/sql-pg"
import { Effect, Exit, type Fiber, Option, type Scope } from "effect"
import { SqlError } from "effect/sql"
import { chooseForStatement, chooseForUnit, stalledMillis } from "./ConnectionChoice.ts"
import { ConnectionLane, type SentStatement } from "./ConnectionLane.ts"
import { ConnectionQueue, type QueueEntry } from "./ConnectionQueue.ts"
import type { DatabaseHealth } from "./DatabaseHealth.ts"
import { measurePool } from "./PoolMetrics.ts"
import { isConnectFailure, isConnectionLoss, messageOf } from "./PostgresErrors.ts"

export interface PoolLimits {
  /** The maximum number of connections. */
  readonly connections: number
  /**
   * How long a statement may take, including its wait for a connection, in milliseconds; then it fails as timed out.
   */
  readonly responseTimeoutMillis: number
}

/** How often statements are checked for timeouts, in milliseconds. */
const sweepIntervalMillis = 100
/**
 * How long after a statement's timeout its connection is replaced: the server would have canceled the statement by
 * then.
 */
const replaceAfterMillis = 5_000

interface Statement extends SentStatement {
  fiber: Fiber.Fiber<unknown, SqlError.SqlError> | undefined
  isAbandoned: boolean
  readonly since: number
  readonly fail: (error: SqlError.SqlError) => void
}

interface ReservedConnection {
  readonly connection: PgConnection.PgConnection
  readonly setTable: (table: string) => void
}

/**
 * Assigns statements and units of work to connections (`ConnectionChoice.ts`), and queues those that find none.
 * Statements of one turn of the event loop start together at its end, so that they share writes to the server.
 */
export class ConnectionPool {
  readonly #limits: PoolLimits
  readonly #health: DatabaseHealth
  readonly #lanes: ReadonlyArray<ConnectionLane>
  readonly #queue = new ConnectionQueue()
  readonly #sent = new Set<Statement>()
  /** The statements of this turn of the event loop. They start together, because the library writes once a microtask. */
  #turn: Array<QueueEntry> = []
  #timer: NodeJS.Timeout | undefined
  #isClosed = false
  readonly #stopMeasuring: () => void

  constructor(config: PgPool.Config, limits: PoolLimits, health: DatabaseHealth) {
    this.#limits = limits
    this.#health = health
    this.#lanes = Array.from({ length: limits.connections }, () => new ConnectionLane(config))
    this.#stopMeasuring = measurePool(this.#lanes, this.#queue)
  }

  /** Runs a statement about the table on a shared connection. An interruption of its caller does not cancel it. */
  run<A>(
    table: string,
    use: (connection: PgConnection.PgConnection) => Effect.Effect<A, SqlError.SqlError>,
  ): Effect.Effect<A, SqlError.SqlError> {
    return Effect.callback<A, SqlError.SqlError>((resume) => {
      const since = performance.now()
      const fail = (error: SqlError.SqlError) => resume(Effect.fail(error))
      const statement: Statement = { table, since, fail, fiber: undefined, isAbandoned: false }
      const start = (lane: ConnectionLane): void => {
        lane.add(statement, performance.now())
        this.#sent.add(statement)
        const fiber = Effect.runFork(lane.use(use))
        statement.fiber = fiber
        fiber.addObserver((exit) => {
          const now = performance.now()
          lane.remove(statement, now)
          this.#sent.delete(statement)
          this.#observe(exit, now)
          if (!statement.isAbandoned) resume(exit)
          this.#admit()
        })
      }
      const entry = { table, isUnit: false, since, start, fail }
      if (this.#turn.push(entry) === 1) setImmediate(this.#startTurn)
      return Effect.sync(() => {
        statement.isAbandoned = true
        this.#turn = this.#turn.filter((other) => other !== entry)
        this.#queue.remove(entry)
      })
    })
  }

  /** Reserves a connection until the scope closes. The holder calls `setTable` before it works on another table. */
  reserve(table: string): Effect.Effect<ReservedConnection, SqlError.SqlError, Scope.Scope> {
    const lane = Effect.acquireRelease(
      Effect.suspend(() => this.#reserveLane(table)),
      (reserved) => Effect.sync(() => this.#release(reserved)),
      { interruptible: true },
    )
    return Effect.flatMap(lane, (reserved) =>
      Effect.map(reserved.reserve, (connection) => ({ connection, setTable: (next) => reserved.reserveFor(next) })),
    )
  }

  get close(): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.#isClosed = true
      clearTimeout(this.#timer)
      this.#stopMeasuring()
      return Effect.forEach(this.#lanes, (lane) => lane.close, { concurrency: "unbounded", discard: true })
    })
  }

  #reserveLane(table: string): Effect.Effect<ConnectionLane, SqlError.SqlError> {
    let reserved: ConnectionLane | undefined
    return Effect.callback<ConnectionLane, SqlError.SqlError>((resume) => {
      const entry: QueueEntry = {
        table,
        isUnit: true,
        since: performance.now(),
        start: (lane) => {
          lane.reserveFor(table)
          reserved = lane
          resume(Effect.succeed(lane))
        },
        fail: (error) => resume(Effect.fail(error)),
      }
      this.#submit(entry)
      return Effect.sync(() => this.#queue.remove(entry))
    }).pipe(
      // An interruption can come after the lane was reserved and before its release is registered.
      Effect.onError(() => Effect.sync(() => (reserved === undefined ? undefined : this.#release(reserved)))),
    )
  }

  #release(lane: ConnectionLane): void {
    lane.release()
    this.#admit()
  }

  /** Every process reads the revoked sessions twice a second, so the statements outside of units of work suffice. */
  #observe(exit: Exit.Exit<unknown, SqlError.SqlError>, now: number): void {
    if (this.#isClosed) return
    // Neither an interruption nor one lost connection says that the server is away: the next statement tells.
    const error = Option.getOrUndefined(Exit.findErrorOption(exit))
    if (error !== undefined && isConnectFailure(error)) this.#health.recordFailure(now, messageOf(error))
    else if (Exit.isSuccess(exit) || (error !== undefined && !isConnectionLoss(error))) this.#health.recordResponse(now)
  }

  readonly #startTurn = (): void => {
    const turn = this.#turn
    this.#turn = []
    for (const entry of turn) this.#submit(entry)
  }

  #submit(entry: QueueEntry): void {
    const lane = this.#queue.hasBefore(entry) ? undefined : this.#choose(entry)
    if (lane !== undefined) entry.start(lane)
    else if (!this.#queue.add(entry)) entry.fail(timeoutError("too many statements wait for a connection"))
    this.#arm()
  }

  #admit(): void {
    while (!this.#queue.isEmpty) {
      const next = this.#queue.takeNext((entry) => this.#choose(entry))
      if (next === undefined) break
      next.entry.start(next.lane)
    }
  }

  #choose({ isUnit, table }: QueueEntry): ConnectionLane | undefined {
    return isUnit ? chooseForUnit(this.#lanes, table) : chooseForStatement(this.#lanes, table)
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#sweep()
      if (this.#sent.size > 0 || !this.#queue.isEmpty) this.#arm()
    }, sweepIntervalMillis)
    this.#timer.unref()
  }

  #sweep(): void {
    const now = performance.now()
    const limit = now - this.#limits.responseTimeoutMillis
    for (const { fail } of this.#queue.takeOlderThan(limit)) fail(timeoutError("no connection was free in time"))
    for (const statement of this.#sent) {
      if (statement.isAbandoned || statement.since >= limit) continue
      statement.isAbandoned = true
      this.#health.recordTimeout(now, noAnswer)
      statement.fail(timeoutError(noAnswer))
    }
    for (const lane of this.#lanes) this.#sweepLane(lane, now)
    this.#admit()
  }

  /**
   * A statement without a caller would delay those behind it, so the server cancels it, or the connection is replaced.
   */
  #sweepLane(lane: ConnectionLane, now: number): void {
    if (lane.isHeadStalled(now, this.#limits.responseTimeoutMillis + replaceAfterMillis)) lane.replace()
    const canceled = lane.isHeadStalled(now, stalledMillis) ? lane.takeConnectionToCancel() : undefined
    if (canceled !== undefined) Effect.runFork(Effect.ignore(this.#cancel(canceled), { log: "Debug" }))
  }

  #cancel(canceled: PgConnection.PgConnection): Effect.Effect<unknown, SqlError.SqlError> {
    // If statements do not share a connection, the library cancels them; this also works through a pooler.
    return canceled.config.multiplex === true
      ? this.run("", (connection) => connection.query(cancelStatement, [canceled.processId]))
      : canceled.interrupt
  }
}

// Cancels only a process of this program, in case a proxy before the server renumbers processes.
const cancelStatement = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
  WHERE pid = $1 AND usename = current_user AND application_name = current_setting('application_name')`

const noAnswer = "no answer came in time"

const timeoutError = (reason: string): SqlError.SqlError =>
  new SqlError.SqlError({
    reason: new SqlError.StatementTimeoutError({ cause: new Error(reason), message: reason, operation: "query" }),
  })
