/** A compact set of task ids, for as many tasks as an account has. */
import type { TaskId } from "../../../domain/tasks/TaskId.ts"

/** Stores ids in half the memory of their text: a long import holds those of all its tasks. */
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

/** Returns the 16 bytes of a UUID, one character each. */
const bytesOf = (id: TaskId): string => Buffer.from(id.replaceAll("-", ""), "hex").toString("latin1")

/** Returns when an id of version 7 was created, in milliseconds since 1970. */
export const madeAt = (id: TaskId): number => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)
