/** The text form of a place in a user's history, newest first, which clients hand back to read on. */
import { Result } from "effect"
import { CursorMismatch, InvalidCursor } from "../shared/CursorErrors.ts"
import { hashText, seal, unseal } from "../shared/SealedText.ts"
import type { SequenceNumber } from "./Change.ts"
import type { ChangeFilter } from "./ChangeFilter.ts"

const form = /^([0-9a-f]{8})([1-9a-z][0-9a-z]{0,10})$/
/** The longest text that `encode` writes: a checksum, the mark of the filter, and the place. */
const maxLength = 27

/** Writes the place before a change as at most 27 characters of `[0-9a-z]`. It belongs to the history with this filter. */
export const encode = (filter: ChangeFilter, before: SequenceNumber): string =>
  seal(`${markOf(filter)}${before.toString(36)}`)

/**
 * Reads what `encode` wrote for this filter. Fails with `CursorMismatch` if it was written for another filter, and with
 * `InvalidCursor` for any other text, of any length.
 */
export const decode = (
  filter: ChangeFilter,
  text: string,
): Result.Result<SequenceNumber, InvalidCursor | CursorMismatch> => {
  const [, mark, place = ""] = form.exec(unseal(text, maxLength) ?? "") ?? []
  const before = Number.parseInt(place, 36)
  if (!Number.isSafeInteger(before)) return Result.fail(new InvalidCursor())
  return mark === markOf(filter) ? Result.succeed(before as SequenceNumber) : Result.fail(new CursorMismatch())
}

/** All that makes a history another one. */
const markOf = ({ actorId, batchId, entityId }: ChangeFilter): string => {
  const conditions: { readonly [Name in keyof Required<ChangeFilter>]: string | undefined } = {
    entityId,
    actorId,
    batchId,
  }
  return hashText(JSON.stringify(conditions))
}
