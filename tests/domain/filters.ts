/** The filters and the tasks that the tests of the language of filters share. */
import { Result } from "effect"
import { CategoryName } from "../../domain/categories/Category.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { zoneOf } from "../../domain/tasks/FilterDates.ts"
import { parseFilter } from "../../domain/tasks/FilterParser.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import { TaskDescription, TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { matchesFilter, type TaskFilter } from "../../domain/tasks/TaskFilter.ts"
import { makeCategory, makeTask, newUserId } from "../support/entities.ts"

export const userId = newUserId()
export const now = Timestamp.make("2026-11-26T12:00:00.000Z")
const zone = (name: string) => Result.getOrThrow(zoneOf(name))

export const read = (text: string, at = now, zoneName = "UTC") => parseFilter(text, { now: at, zone: zone(zoneName) })
export const filterOf = (text: string, at = now, zoneName = "UTC"): TaskFilter =>
  Result.getOrThrow(read(text, at, zoneName)).filter
export const matches = (text: string, task: Task, at = now, zoneName = "UTC"): boolean =>
  matchesFilter(filterOf(text, at, zoneName), task)

export const titled = (title: string, description: string | null = null) =>
  makeTask(userId, {
    title: TaskTitle.make(title),
    description: description === null ? null : TaskDescription.make(description),
  })

export const home = makeCategory(userId, { name: CategoryName.make("Home") })
export const task = makeTask(userId, {
  title: TaskTitle.make("Buy oat milk"),
  description: TaskDescription.make("Two bottles, 100% oat."),
  status: "in_progress",
  priority: "medium",
  dueDate: Timestamp.make("2026-11-26T18:00:00.000Z"),
  createdAt: Timestamp.make("2026-11-20T08:00:00.000Z"),
  updatedAt: Timestamp.make("2026-11-25T08:00:00.000Z"),
  categories: [home],
})
