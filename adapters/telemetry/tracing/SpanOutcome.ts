/** Says how the work of a span ended, in words of few values: messages of errors can contain data of users. */
import { Cause, type Exit, Predicate, Result, type Tracer } from "effect"
import { SqlError } from "effect/sql"

export interface SpanOutcome {
  /** The class of the error, or the SQLSTATE of the database's. */
  readonly error: string
  /** Whether the work went wrong. A use case that a rule of the domain refused did not. */
  readonly isFault: boolean
}

/** Returns null after a success. */
export const outcomeOf = (exit: Exit.Exit<unknown, unknown>, kind: Tracer.SpanKind): SpanOutcome | null => {
  if (exit._tag === "Success") return null
  if (Cause.hasInterruptsOnly(exit.cause)) return { error: "interrupted", isFault: true }
  const isExpected = Result.isSuccess(Cause.findFail(exit.cause))
  return { error: classOf(Cause.squash(exit.cause)), isFault: kind !== "internal" || !isExpected }
}

const classOf = (error: unknown): string => {
  if (SqlError.isSqlError(error)) return sqlStateOf(error) ?? error.reason._tag
  if (Predicate.hasProperty(error, "_tag") && typeof error._tag === "string") return error._tag
  return error instanceof Error ? error.name : "_OTHER"
}

const sqlStateOf = ({ reason: { cause } }: SqlError.SqlError): string | undefined => {
  const code = Predicate.hasProperty(cause, "code") ? String(cause.code) : ""
  return /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}
