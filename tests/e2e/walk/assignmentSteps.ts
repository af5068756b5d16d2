/** The random walks' operations that assign categories to tasks and remove them. */
import * as fc from "fast-check"
import { AssignCategory, assignCategory } from "../../../application/tasks/AssignCategory.ts"
import { RemoveCategory, removeCategory } from "../../../application/tasks/RemoveCategory.ts"
import { command, done, findCategory, findTask, isAnswer } from "./Answers.ts"
import * as input from "./inputs.ts"
import { changeTask, type Model, taskOf } from "./Model.ts"
import type { Plan } from "./Step.ts"

const assignmentInput = fc.record({
  user: input.user,
  task: input.taskReference,
  category: input.categoryReference,
})
type AssignmentInput = typeof assignmentInput extends fc.Arbitrary<infer A> ? A : never

const assign = (model: Model, { category: categoryReference, task: reference, user }: AssignmentInput): Plan => {
  const { id: userId } = input.userAt(model, user)
  const taskId = input.taskIdOf(model, userId, reference)
  const categoryId = input.categoryIdOf(model, userId, categoryReference)
  return {
    effect: command(AssignCategory, assignCategory, { userId, taskId, categoryId }),
    expected: () => {
      const task = findTask(model, userId, taskId)
      if (isAnswer(task)) return task
      const category = findCategory(model, userId, categoryId)
      if (isAnswer(category)) return category
      if (task.categoryIds.has(category.id)) return { refused: "CategoryAlreadyAssigned", categoryId: category.id }
      task.categoryIds.add(category.id)
      changeTask(model, task, {})
      return { value: taskOf(model, task) }
    },
  }
}

const unassign = (model: Model, { category: categoryReference, task: reference, user }: AssignmentInput): Plan => {
  const { id: userId } = input.userAt(model, user)
  const taskId = input.taskIdOf(model, userId, reference)
  const categoryId = input.categoryIdOf(model, userId, categoryReference)
  return {
    effect: command(RemoveCategory, removeCategory, { userId, taskId, categoryId }),
    expected: () => {
      const task = findTask(model, userId, taskId)
      if (isAnswer(task)) return task
      const category = findCategory(model, userId, categoryId)
      if (isAnswer(category)) return category
      if (!task.categoryIds.delete(category.id)) return { refused: "CategoryNotAssigned", categoryId: category.id }
      changeTask(model, task, {})
      return done
    },
  }
}

/** Both operations, with their input and their plans. */
export const assignmentSteps = {
  assign: { input: assignmentInput, plan: assign },
  unassign: { input: assignmentInput, plan: unassign },
}
