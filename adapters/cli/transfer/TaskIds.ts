// Sets of task ids, as many as an account has tasks.

import type { TaskId } from "../../../domain/tasks/TaskId.ts"

/** Ids in half the memory that they take as they are written: a long import holds those of all its tasks. */
export class TaskIds {
  readonly #ids = new Set<string>()

  has(id: TaskId): boolean {
    return this.#ids.has(bytesOf(id))
  }

  add(id: TaskId): void {
    this.#ids.add(bytesOf(id))
  }

  delete(id: TaskId): void {
    this.#ids.delete(bytesOf(id))
  }
}

/** The 16 bytes of a UUID, a character each. */
const bytesOf = (id: TaskId): string => Buffer.from(id.replaceAll("-", ""), "hex").toString("latin1")

/** When an id of version 7 was made, in milliseconds since 1970. */
export const madeAt = (id: TaskId): number => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)
