/** The flags for a task's fields, which several commands share. */
import { Flag } from "effect/cli"
import { TaskPriority, TaskStatus } from "../../../domain/tasks/Task.ts"
import { dueDateGrammar } from "./DueDate.ts"

/** The maximum number of categories that a command names. */
const maximumCategories = 50

export const due = Flag.String("due").pipe(
  Flag.withMetavar("DATE"),
  Flag.withDescription(`When it is due: ${dueDateGrammar}`),
  Flag.optional,
)
export const priority = Flag.Literals("priority", TaskPriority.literals).pipe(
  Flag.withDescription("How urgent it is"),
  Flag.optional,
)
export const status = Flag.Literals("status", TaskStatus.literals).pipe(
  Flag.withDescription("How far along it is"),
  Flag.optional,
)
export const description = Flag.String("description").pipe(
  Flag.withDescription("More words, at most 2000 characters"),
  Flag.optional,
)
export const categories = Flag.String("category").pipe(
  Flag.withMetavar("NAME"),
  Flag.withDescription("A category of yours, by name; may be given more than once"),
  Flag.between(0, maximumCategories),
)
