/** The tool that creates tasks. */
import type { BatchOperation } from "../../../application/batch/BatchOperation.ts"
import { runPlan } from "../../../application/batch/RunPlan.ts"
import type { BatchReference } from "../../../domain/changes/BatchReference.ts"
import { listOf, objectOf, required } from "../schema/Arguments.ts"
import {
  categoryNames,
  maxTasks,
  maxUnconfirmed,
  optionalFields,
  requiredTitle,
  writeOptions,
} from "../schema/TaskArguments.ts"
import { writeTool } from "../Tool.ts"
import { presentPlan, writeSchema } from "../WriteAnswers.ts"
import { makeCategoryNames, withNewCategories } from "./CategoryNames.ts"

const items = listOf(
  objectOf({ title: requiredTitle, ...optionalFields, categories: categoryNames("Names; missing ones are created") }),
  [1, maxTasks],
)
const fields = { tasks: required(items.schema, items.json), ...writeOptions }

const refPrefix = "task"

export const addTasks = writeTool({
  name: "add_tasks",
  title: "Add tasks",
  description: `Create 1 to ${maxTasks} tasks, all or none. More than ${maxUnconfirmed}: the first call returns a plan with a token to confirm.`,
  scopes: ["tasks:write"],
  input: objectOf(fields),
  outputSchema: writeSchema,
  isDestructive: false,
  write: ({ confirm, dry_run, tasks }, { identity }, request) =>
    runPlan({
      userId: identity.userId,
      taskIds: [],
      request,
      needsConfirmation: tasks.length > maxUnconfirmed,
      confirmation: confirm ?? null,
      isDryRun: dry_run === true,
      decide: (present) => {
        const names = makeCategoryNames(present)
        const creations = tasks.map(
          ({ categories, description, due_date, priority, status, title }, index): BatchOperation => ({
            _tag: "CreateTask",
            ref: `${refPrefix}${index}` as BatchReference,
            title,
            description,
            status: status ?? undefined,
            priority: priority ?? undefined,
            dueDate: due_date,
            categoryIds: [...new Set((categories ?? []).map(names.findOrCreate))],
          }),
        )
        return withNewCategories(names, creations, identity)
      },
    }),
  present: (result) =>
    presentPlan(result, (operation) =>
      operation._tag === "CreateTask" && operation.ref !== undefined
        ? Number(operation.ref.slice(refPrefix.length))
        : null,
    ),
})
