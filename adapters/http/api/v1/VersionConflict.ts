/** Defines the problem of a version conflict, and makes its members from the domain's error. */
import { Schema } from "effect"
import type { StaleCategoryVersion, StaleTaskVersion } from "../../../../domain/changes/StaleVersion.ts"
import { CategoryResource, toCategoryResource } from "./CategoryResource.ts"
import { problemSchema, problemSchemaWith } from "./ProblemSchemas.ts"
import {
  CategoryFieldName,
  SomeCategoryValues,
  SomeTaskValues,
  TaskFieldName,
  toCategoryFieldNames,
  toSomeTaskValues,
  toTaskFieldNames,
} from "./RecordedValues.ts"
import { TaskResource, toTaskResource } from "./TaskResource.ts"

const fieldsOf = <Name extends Schema.Top, Values extends Schema.Top, Current extends Schema.Top>(
  name: Name,
  values: Values,
  current: Current,
) => ({
  base_version: Schema.NullOr(
    Schema.Int.annotate({ description: "The version that your values come from, null without one.", examples: [1] }),
  ),
  current_version: Schema.Int.annotate({ examples: [2] }),
  current,
  base: Schema.NullOr(values).annotate({
    description:
      "The values at `base_version` of the fields that have another value now. Null if the history does not reach back.",
  }),
  changed_fields: Schema.NullOr(Schema.Array(name)).annotate({
    description: "The fields with another value at `base_version` than now; null like `base`.",
  }),
  conflicting_fields: Schema.NullOr(Schema.Array(name)).annotate({
    description: "Those of `changed_fields` that you sent with a value besides the current one; null like `base`.",
  }),
  mergeable: Schema.Boolean.annotate({
    description: "Whether no field is in conflict, so that your values and the current ones go together.",
    examples: [false],
  }),
})

const taskFields = fieldsOf(TaskFieldName, SomeTaskValues, TaskResource)
const categoryFields = fieldsOf(CategoryFieldName, SomeCategoryValues, CategoryResource)

export const VersionConflictProblem = problemSchema("version_conflict", taskFields)
/** The problem of a version conflict, under the status of a failed precondition. */
export const PreconditionFailedProblem = problemSchemaWith(
  "version_conflict",
  412,
  "PreconditionFailedProblem",
  taskFields,
)

export const CategoryVersionConflictProblem = problemSchemaWith(
  "version_conflict",
  409,
  "CategoryVersionConflictProblem",
  categoryFields,
)
export const CategoryPreconditionFailedProblem = problemSchemaWith(
  "version_conflict",
  412,
  "CategoryPreconditionFailedProblem",
  categoryFields,
)

/** Returns the members of the problem. */
export const taskConflictOf = ({ base, current, divergence }: StaleTaskVersion) => ({
  base_version: base,
  current_version: current.version,
  current: toTaskResource(current),
  base: divergence && toSomeTaskValues(divergence.base),
  changed_fields: divergence && toTaskFieldNames(divergence.changedFields),
  conflicting_fields: divergence && toTaskFieldNames(divergence.conflictingFields),
  mergeable: divergence?.isMergeable ?? false,
})

/** Returns the members of the problem. */
export const categoryConflictOf = ({ base, current, divergence }: StaleCategoryVersion) => ({
  base_version: base,
  current_version: current.version,
  current: toCategoryResource(current),
  base: divergence?.base ?? null,
  changed_fields: divergence && toCategoryFieldNames(divergence.changedFields),
  conflicting_fields: divergence && toCategoryFieldNames(divergence.conflictingFields),
  mergeable: divergence?.isMergeable ?? false,
})
