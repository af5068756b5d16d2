/** All tools, in the order in which clients see them. */
import type { Tool } from "./Tool.ts"
import { addTasks } from "./tools/AddTasks.ts"
import { changeTasks } from "./tools/ChangeTasks.ts"
import { deleteTasks } from "./tools/DeleteTasks.ts"
import { findTasks } from "./tools/FindTasks.ts"
import { getTask } from "./tools/GetTask.ts"
import { listCategories } from "./tools/ListCategories.ts"
import { recentChanges } from "./tools/RecentChanges.ts"
import { undo } from "./tools/Undo.ts"

export const tools: ReadonlyArray<Tool> = [
  findTasks,
  getTask,
  listCategories,
  recentChanges,
  addTasks,
  changeTasks,
  deleteTasks,
  undo,
]
