/** Decodes the arguments of a tool. The work on wrong arguments is bounded. */
import { Effect, Result, Schema, SchemaIssue } from "effect"
import type { ArgumentObject } from "./schema/Arguments.ts"
import { InvalidArguments } from "./ToolErrors.ts"

/** How many mistakes an answer names. */
const maxErrors = 20
/** The largest arguments of which all mistakes are looked for, in characters of JSON. Of larger ones the first is. */
const maxExamined = 50_000
/** The caller chooses the names of unknown members. A longer name is cut. */
const maxNameLength = 100

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    if (issue._tag === "MissingKey") return "is required"
    if (issue._tag === "UnexpectedKey") return "is not a known argument"
    return SchemaIssue.defaultLeafHook(issue)
  },
})

const stepOf = (step: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof step === "object" ? step.key : step).slice(0, maxNameLength)

const errorsOf = (error: Schema.SchemaError) =>
  formatIssues(error.issue)
    .issues.slice(0, maxErrors)
    .map(({ message, path = [] }) => ({
      path: path.map(stepOf).join("."),
      message: path.length === 0 ? "must be an object" : message,
    }))

/** Makes the function. A call without arguments has none of them. */
export const makeReadArguments = <A>({ schema }: ArgumentObject<A>) => {
  const decode = (value: unknown, errors: "first" | "all") =>
    Schema.decodeUnknownResult(schema as Schema.Codec<A>, { onExcessProperty: "error", errors })(value)
  return (given: unknown): Effect.Effect<A, InvalidArguments> => {
    const value = given ?? {}
    const read = decode(value, "first")
    if (Result.isSuccess(read)) return Effect.succeed(read.success)
    const isSmall = JSON.stringify(value).length <= maxExamined
    const mistakes = isSmall ? decode(value, "all") : read
    return Effect.fail(
      new InvalidArguments({ errors: errorsOf(Result.isFailure(mistakes) ? mistakes.failure : read.failure) }),
    )
  }
}
