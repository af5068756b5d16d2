/** Places in the trash, and their text form, which clients hand back to read on. */
import { Result } from "effect"
import { InvalidCursor } from "../shared/CursorErrors.ts"
import { seal, unseal } from "../shared/SealedText.ts"
import { fromMillis, maxMillis, type Timestamp, toMillis } from "../shared/Timestamp.ts"
import { fromHex, toHex } from "../shared/Uuid.ts"
import type { TaskId } from "./TaskId.ts"

/** The place of a deleted task in the trash, whether it is still there or not. */
export interface TrashPlace {
  readonly deletedAt: Timestamp
  readonly taskId: TaskId
}

const form = /^([0-9a-f]{32})(0|[1-9a-z][0-9a-z]{0,9})$/
/** The longest text that `encode` writes: a checksum, the id and the time. */
const maxLength = 50

/** Writes the place as at most 50 characters of `[0-9a-z]`. */
export const encode = ({ deletedAt, taskId }: TrashPlace): string =>
  seal(`${toHex(taskId)}${toMillis(deletedAt).toString(36)}`)

/** Reads what `encode` wrote. Any other text, of any length, is an invalid cursor. */
export const decode = (text: string): Result.Result<TrashPlace, InvalidCursor> => {
  const [, id = "", time = ""] = form.exec(unseal(text, maxLength) ?? "") ?? []
  const millis = Number.parseInt(time, 36)
  return millis <= maxMillis
    ? Result.succeed({ deletedAt: fromMillis(millis), taskId: fromHex(id) as TaskId })
    : Result.fail(new InvalidCursor())
}
