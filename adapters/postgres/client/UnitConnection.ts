/**
 * The connection of a unit of work, which is opened by the unit's first statement. Only then is the unit's table known,
 * and units that wait for a locked table must leave connections to the others.
 */
import { Effect, Semaphore, Stream } from "effect"
import type { SqlConnection, SqlError } from "effect/sql"

export class UnitConnection implements SqlConnection.Connection {
  readonly #open: (table: string) => Effect.Effect<SqlConnection.Connection, SqlError.SqlError>
  readonly #onTable: (opened: SqlConnection.Connection, table: string) => void
  readonly #opening = Semaphore.makeUnsafe(1)
  #table = ""
  #opened: SqlConnection.Connection | undefined

  constructor(
    open: (table: string) => Effect.Effect<SqlConnection.Connection, SqlError.SqlError>,
    onTable: (opened: SqlConnection.Connection, table: string) => void,
  ) {
    this.#open = open
    this.#onTable = onTable
  }

  /** Undefined until the unit's first statement. */
  get opened(): SqlConnection.Connection | undefined {
    return this.#opened
  }

  /** Sets the table of the next statement. */
  setTable(table: string): void {
    this.#table = table
    if (this.#opened !== undefined) this.#onTable(this.#opened, table)
  }

  // Statements of one unit may run concurrently; one of them opens the connection.
  readonly #connection: Effect.Effect<SqlConnection.Connection, SqlError.SqlError> = Effect.suspend(() =>
    this.#opened === undefined
      ? this.#opening.withPermit(
          Effect.suspend(() =>
            this.#opened === undefined
              ? Effect.tap(this.#open(this.#table), (opened) =>
                  Effect.sync(() => {
                    this.#opened = opened
                  }),
                )
              : Effect.succeed(this.#opened),
          ),
        )
      : Effect.succeed(this.#opened),
  )

  readonly execute: SqlConnection.Connection["execute"] = (text, parameters, transform) =>
    Effect.flatMap(this.#connection, (opened) => opened.execute(text, parameters, transform))

  readonly executeRaw: SqlConnection.Connection["executeRaw"] = (text, parameters) =>
    Effect.flatMap(this.#connection, (opened) => opened.executeRaw(text, parameters))

  readonly executeStream: SqlConnection.Connection["executeStream"] = (text, parameters, transform) =>
    Stream.unwrap(Effect.map(this.#connection, (opened) => opened.executeStream(text, parameters, transform)))

  readonly executeValues: SqlConnection.Connection["executeValues"] = (text, parameters) =>
    Effect.flatMap(this.#connection, (opened) => opened.executeValues(text, parameters))

  readonly executeValuesUnprepared: SqlConnection.Connection["executeValuesUnprepared"] = (text, parameters) =>
    Effect.flatMap(this.#connection, (opened) => opened.executeValuesUnprepared(text, parameters))

  readonly executeUnprepared: SqlConnection.Connection["executeUnprepared"] = (text, parameters, transform) =>
    Effect.flatMap(this.#connection, (opened) => opened.executeUnprepared(text, parameters, transform))
}
