/** The text by which a caller confirms a plan: until when it holds, and at which versions of the tasks it was made. */
import { Option } from "effect"
import { type Timestamp, toMillis } from "../shared/Timestamp.ts"
import type { TaskId } from "../tasks/TaskId.ts"

/** How long a plan can be confirmed, in milliseconds. */
export const confirmationMillis = 10 * 60 * 1000

/** The maximum length of a confirmation: the versions of 100 tasks, the time and the seal. */
export const maxConfirmationLength = 1_000

/** The version of each task of a plan, in the order of the plan. 0 stands for a task that does not exist. */
export type PlannedVersions = ReadonlyArray<number>

/** What a confirmation says beside its seal. */
export interface Confirmation {
  readonly expiresAtMillis: number
  readonly versions: PlannedVersions
}

const pattern = /^([0-9a-z]{1,10})\.((?:[0-9a-z]{1,6}(?:-[0-9a-z]{1,6})*)?)\.([A-Za-z0-9_-]{43})$/

/** Returns the text, with the seal of `sealedText` of the same confirmation. */
export const encode = ({ expiresAtMillis, versions }: Confirmation, seal: string): string =>
  `${expiresAtMillis.toString(36)}.${versions.map((version) => version.toString(36)).join("-")}.${seal}`

/** Reads a confirmation and its seal. None if the text has another form. */
export const decode = (text: string): Option.Option<Confirmation & { readonly seal: string }> => {
  const [, expiresAt, versions = "", seal] = (text.length <= maxConfirmationLength && pattern.exec(text)) || []
  return expiresAt === undefined || seal === undefined
    ? Option.none()
    : Option.some({
        expiresAtMillis: Number.parseInt(expiresAt, 36),
        versions: versions === "" ? [] : versions.split("-").map((version) => Number.parseInt(version, 36)),
        seal,
      })
}

/** Returns the text that is sealed: the user, the request, and the versions. */
export const sealedText = (
  { expiresAtMillis, versions }: Confirmation,
  plan: { readonly userId: string; readonly request: string },
): string => JSON.stringify([plan.userId, plan.request, expiresAtMillis, versions])

/** Whether the plan can still be confirmed. */
export const isOpen = ({ expiresAtMillis }: Confirmation, now: Timestamp): boolean => toMillis(now) < expiresAtMillis

/** Returns the tasks with another version than the planned one. */
export const movedTasks = (
  tasks: ReadonlyArray<TaskId>,
  planned: PlannedVersions,
  present: PlannedVersions,
): ReadonlyArray<TaskId> => tasks.filter((_, index) => planned[index] !== present[index])
