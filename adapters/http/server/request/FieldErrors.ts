/** Turns decoding errors into the field errors of a problem. */
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

/**
 * The maximum number of reported field errors. A body can have thousands of unknown fields, and no client needs them
 * all.
 */
export const maxFieldErrors = 50

/** The caller chooses the names of unknown fields. A name longer than this is truncated in the response. */
const maxNameLength = 100

/** The part of a request that contains a field. */
export type FieldSource = "path" | "query" | "header" | "body"

const pathOf = (source: FieldSource, names: ReadonlyArray<string>): string =>
  [source, ...names.map((name) => (name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name))].join(".")

/** Reports the errors of each field. Field names are the only input that the response repeats. */
export const fieldErrors = (source: FieldSource, error: Schema.SchemaError): ReadonlyArray<FieldError> =>
  formatIssues(error.issue)
    .issues.slice(0, maxFieldErrors)
    .map(({ message, path = [] }) => ({
      path: pathOf(
        source,
        path.map((step) => String(typeof step === "object" ? step.key : step)),
      ),
      // The default message names the schema, which is an internal name.
      message: path.length === 0 && source === "body" ? "must be an object" : message,
    }))

/** Reports every field as unknown. */
export const unknownFields = (source: FieldSource, names: ReadonlyArray<string>): ReadonlyArray<FieldError> =>
  names.slice(0, maxFieldErrors).map((name) => ({ path: pathOf(source, [name]), message: unknownField }))
