import { type Schema, SchemaIssue } from "effect"
import type { FieldError } from "../../api/v1/ProblemSchemas.ts"

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    if (issue._tag === "MissingKey") return "is required"
    if (issue._tag === "UnexpectedKey") return unknownField
    return SchemaIssue.defaultLeafHook(issue)
  },
})

const unknownField = "is not a known field"

/** A body can hold thousands of unknown fields; nobody reads that many answers. */
const maxFieldErrors = 50

/** The name of an unknown field is the caller's own; a name longer than this is not sent back whole. */
const maxNameLength = 100

/** The part of a request that a field stands in. */
export type FieldSource = "path" | "query" | "header" | "body"

const pathOf = (place: FieldSource, names: ReadonlyArray<string>): string =>
  [place, ...names.map((name) => (name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name))].join(".")

/** What is wrong with each field. What was sent is never shown, but for the names of fields. */
export const fieldErrors = (place: FieldSource, error: Schema.SchemaError): ReadonlyArray<FieldError> =>
  formatIssues(error.issue)
    .issues.slice(0, maxFieldErrors)
    .map(({ message, path = [] }) => ({
      path: pathOf(
        place,
        path.map((step) => String(typeof step === "object" ? step.key : step)),
      ),
      // The default names the schema, which is nobody's business.
      message: path.length === 0 && place === "body" ? "must be an object" : message,
    }))

/** Every field is one too many. */
export const unknownFields = (place: FieldSource, names: ReadonlyArray<string>): ReadonlyArray<FieldError> =>
  names.slice(0, maxFieldErrors).map((name) => ({ path: pathOf(place, [name]), message: unknownField }))
