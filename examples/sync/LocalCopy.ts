/** The local copy: what was read from the server, and the writes that wait for it. One file holds both. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import type { CategoryResource, TaskResource } from "taskwright/client"

export type Action = "create" | "update" | "delete"
export type Fields = Partial<Pick<TaskResource, "description" | "status" | "title">>
/** A write that waits. Its key is also the id of a new task, until the server gives it another. */
export type Write = { key: string; action: Action; id: string; version: number; fields: Fields }

export interface LocalCopy {
  /** The place in the feed that the copy has reached. Null if the lists must be read first. */
  cursor: string | null
  tasks: Record<string, TaskResource>
  categories: Record<string, CategoryResource>
  queue: ReadonlyArray<Write>
}

export const load = (file: string): LocalCopy =>
  existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { cursor: null, tasks: {}, categories: {}, queue: [] }

/** Replaces the file as a whole, so the process may end at any time. */
export const save = (file: string, copy: LocalCopy): void => {
  writeFileSync(`${file}.new`, JSON.stringify(copy))
  renameSync(`${file}.new`, file)
}

/** The rule of the feed: takes a state if its version is higher, and drops the old one if the state is null. */
export const take = <S extends { version: number }>(states: Record<string, S>, id: string, state: S | null): void => {
  if (state === null) delete states[id]
  else if (state.version > (states[id]?.version ?? 0)) states[id] = state
}

/**
 * Takes the response to a write, and lets later writes to the task continue from its version. But one of a field that
 * another client has changed (`kept`) must be refused, because the user has not seen that change.
 */
export const settle = (copy: LocalCopy, write: Write, task: TaskResource | null, kept: ReadonlyArray<string> = []) => {
  take(copy.tasks, task?.id ?? write.id, task)
  copy.queue = copy.queue.map((later) => {
    if (task === null || later.id !== write.id || later.key === write.key) return later
    const isUnseen = kept.some((field) => field in later.fields)
    return { ...later, id: task.id, version: isUnseen ? later.version : task.version }
  })
}
