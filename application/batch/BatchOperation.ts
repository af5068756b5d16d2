/** The operations of a batch: commands that name things by their ids, or by references to earlier operations. */
import { Schema } from "effect"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { BatchReference, ReferenceText } from "../../domain/changes/BatchReference.ts"
import { AcceptedVersions } from "../../domain/shared/Version.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { CreateCategory } from "../categories/CreateCategory.ts"
import { DeleteCategory } from "../categories/DeleteCategory.ts"
import { RestoreCategory } from "../categories/RestoreCategory.ts"
import { UpdateCategory } from "../categories/UpdateCategory.ts"
import { AssignCategory } from "../tasks/AssignCategory.ts"
import { CreateTask } from "../tasks/CreateTask.ts"
import { DeleteTask } from "../tasks/DeleteTask.ts"
import { RemoveCategory } from "../tasks/RemoveCategory.ts"
import { RestoreTask } from "../tasks/RestoreTask.ts"
import { UpdateTask } from "../tasks/UpdateTask.ts"

/** A task: its id, or the reference to an earlier operation that creates it. */
export const TaskTarget = Schema.Union([TaskId, ReferenceText])
export type TaskTarget = typeof TaskTarget.Type

/** A category, as `TaskTarget` names a task. */
export const CategoryTarget = Schema.Union([CategoryId, ReferenceText])
export type CategoryTarget = typeof CategoryTarget.Type

/** Returns the fields of a command without its user, because all operations have the user of the batch. */
const withoutUser = <Fields extends { readonly userId: unknown }>({ userId: _, ...fields }: Fields) => fields

/** The name of what the operation creates, for later operations. */
const ref = Schema.optional(BatchReference)
const task = { taskId: TaskTarget }
const category = { categoryId: CategoryTarget }
/** Required, unless the same batch creates the task or category: then any version is accepted. */
const version = Schema.optional(AcceptedVersions)

export const BatchOperation = Schema.Union([
  Schema.TaggedStruct("CreateCategory", { ...withoutUser(CreateCategory.fields), ref }),
  Schema.TaggedStruct("CreateTask", {
    ...withoutUser(CreateTask.fields),
    ref,
    categoryIds: Schema.optional(Schema.Array(CategoryTarget)),
  }),
  Schema.TaggedStruct("UpdateTask", {
    ...withoutUser(UpdateTask.fields),
    ...task,
    version,
    /** Whether a change for an older version is merged, if no field is in conflict. `refuse` by default. */
    onConflict: Schema.optional(Schema.Literals(["refuse", "merge"])),
  }),
  Schema.TaggedStruct("AssignCategory", { ...withoutUser(AssignCategory.fields), ...task, ...category }),
  Schema.TaggedStruct("RemoveCategory", { ...withoutUser(RemoveCategory.fields), ...task, ...category }),
  Schema.TaggedStruct("DeleteTask", { ...withoutUser(DeleteTask.fields), ...task }),
  Schema.TaggedStruct("RestoreTask", { ...withoutUser(RestoreTask.fields), ...task }),
  Schema.TaggedStruct("UpdateCategory", { ...withoutUser(UpdateCategory.fields), ...category, version }),
  Schema.TaggedStruct("DeleteCategory", { ...withoutUser(DeleteCategory.fields), ...category }),
  Schema.TaggedStruct("RestoreCategory", { ...withoutUser(RestoreCategory.fields), ...category }),
])
export type BatchOperation = typeof BatchOperation.Type
