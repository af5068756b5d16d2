import type { PgClient, PgConnection } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { within } from "./Deadline.ts"
import { dieOf, isConnectionLoss, orDie, unavailable } from "./PostgresFailure.ts"

/**
 * How long a statement may take here, waiting for a connection included. The server cancels one after 10 seconds by
 * itself, so this bound is met only in a queue, or where the server is silent.
 */
const deadlineMillis = 12_000

const late = () => Effect.die(unavailable(`the database (no answer within ${deadlineMillis} ms)`))

/** A statement's text is a constant, so that connections keep it prepared; values are parameters, always. */
type Parameters = ReadonlyArray<string | number | boolean | null | ReadonlyArray<string>>

/** The ways in which repositories run a statement. Each is bounded in time; a broken database is a defect. */
export interface PostgresStatements {
  /** The rows of a statement that writes nothing. Where the connection dies under it, it is asked once more. */
  readonly read: <Row extends object>(text: string, parameters: Parameters) => Effect.Effect<ReadonlyArray<Row>>

  /** The rows of any statement. */
  readonly query: <Row extends object>(text: string, parameters: Parameters) => Effect.Effect<ReadonlyArray<Row>>

  /** As `query`, with the failure, for who can tell something from it. */
  readonly tryQuery: <Row extends object>(
    text: string,
    parameters: Parameters,
  ) => Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError>

  /** How many rows the statement wrote. */
  readonly write: (text: string, parameters: Parameters) => Effect.Effect<number>
}

export const statementsOn = (sql: PgClient.PgClient): PostgresStatements => {
  const tryQuery: PostgresStatements["tryQuery"] = <Row extends object>(text: string, parameters: Parameters) =>
    within(sql.unsafe<Row>(text, parameters), deadlineMillis, late)
  return {
    tryQuery,
    query: <Row extends object>(text: string, parameters: Parameters) => orDie(tryQuery<Row>(text, parameters)),
    read: <Row extends object>(text: string, parameters: Parameters) =>
      Effect.catch(tryQuery<Row>(text, parameters), (error) =>
        isConnectionLoss(error) ? orDie(tryQuery<Row>(text, parameters)) : dieOf(error),
      ),
    write: (text, parameters) =>
      orDie(
        Effect.map(
          within(sql.unsafe(text, parameters).raw, deadlineMillis, late),
          (result) => (result as PgConnection.Result).rowCount,
        ),
      ),
  }
}
