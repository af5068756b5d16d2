/** Cursors of the change feed: a place in one user's history, and the decision whether reading can resume there. */
import { Result, Schema } from "effect"
import { InvalidCursor } from "../shared/CursorErrors.ts"
import { fnv1a } from "../shared/Fnv1a.ts"
import { type Change, SequenceNumber } from "./Change.ts"
import { CursorExpired, CursorReset } from "./ChangeErrors.ts"
import type { ChangeId } from "./ChangeId.ts"

/** A 32-bit hash of a change's id, from 0 to 2^32 - 1. It tells apart two changes that took the same place. */
export const ChangeMark = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0xffff_ffff })).pipe(
  Schema.brand("ChangeMark"),
)
export type ChangeMark = typeof ChangeMark.Type

/**
 * The place after a change: its sequence number, and its mark. After a restored backup, or on another server, the same
 * number belongs to another change, and the mark shows it.
 */
export const ChangeCursor = Schema.Struct({ seq: SequenceNumber, mark: ChangeMark })
export interface ChangeCursor extends Schema.Schema.Type<typeof ChangeCursor> {}

/** The mark of the place before the first change, which has no id. */
export const originMark = ChangeMark.make(0)

/** Returns the mark of a change: FNV-1a with 32 bits over the text of its id. */
export const markOf = (id: ChangeId): ChangeMark => fnv1a(id) as ChangeMark

/** Returns the place after a change. */
export const after = ({ id, seq }: Pick<Change, "id" | "seq">): ChangeCursor => ({ seq, mark: markOf(id) })

const form = /^(0|[1-9a-z][0-9a-z]*)-([0-9a-f]{8})$/
/** More than `encode` ever writes. */
const maxLength = 40

/** Writes the cursor as at most 20 characters of `[a-z0-9-]`. */
export const encode = ({ mark, seq }: ChangeCursor): string =>
  `${seq.toString(36)}-${mark.toString(16).padStart(8, "0")}`

/** Reads what `encode` wrote. Any other text, of any length, is an invalid cursor. */
export const decode = (text: string): Result.Result<ChangeCursor, InvalidCursor> => {
  const [, seqText = "", markText = ""] = (text.length <= maxLength && form.exec(text)) || []
  const seq = Number.parseInt(seqText, 36)
  return Number.isSafeInteger(seq)
    ? Result.succeed({ seq: seq as SequenceNumber, mark: Number.parseInt(markText, 16) as ChangeMark })
    : Result.fail(new InvalidCursor())
}

/** The user's history at the moment of reading. */
export interface ChangeLogBounds {
  /** The newest change's sequence number; 0 if there was none. */
  readonly head: SequenceNumber
  /** The last removed change's sequence number, and its mark; 0 and `originMark` if none was removed. */
  readonly floor: SequenceNumber
  readonly floorMark: ChangeMark
  /** The id of the change with the cursor's sequence number. Null if there is no such row. */
  readonly rowAt: ChangeId | null
}

/**
 * Decides whether the changes after the cursor can be read without a gap. Fails with `CursorReset` if the cursor lies
 * beyond the head or has another mark, and with `CursorExpired` if a change after it was removed.
 */
export const resume = (
  cursor: ChangeCursor,
  { floor, floorMark, head, rowAt }: ChangeLogBounds,
): Result.Result<ChangeCursor, CursorReset | CursorExpired> => {
  if (cursor.seq > head) return Result.fail(new CursorReset())
  if (cursor.seq < floor) return Result.fail(new CursorExpired())
  const mark = cursor.seq === floor ? floorMark : rowAt === null ? null : markOf(rowAt)
  return mark === cursor.mark ? Result.succeed(cursor) : Result.fail(new CursorReset())
}
