/** Idempotency keys, by which a repeated request is recognised: their syntax in the header, and their limit. */
import { Data, Result, Schema } from "effect"

const maxKeyLength = 255

/** A key that a client chose for one request: 1 to 255 visible ASCII characters. */
export const IdempotencyKey = Schema.String.check(
  Schema.isPattern(/^[\x21-\x7e]{1,255}$/, {
    message: `must be 1 to ${maxKeyLength} visible ASCII characters`,
  }),
).pipe(Schema.brand("IdempotencyKey"))
export type IdempotencyKey = typeof IdempotencyKey.Type

/** The header's value is neither a key nor a quoted one. */
export class InvalidIdempotencyKey extends Data.TaggedError("InvalidIdempotencyKey")<Record<never, never>> {}

/** A String of Structured Fields (RFC 9651): only quotes and backslashes are escaped. */
const quoted = /^"((?:[^"\\]|\\["\\])*)"$/
/** A quoted key in which every character is escaped. */
const maxHeaderLength = 2 * maxKeyLength + 2

/** Reads a key from the header's value, which is a quoted string or the bare text. The quotes are no part of the key. */
export const parse = (header: string): Result.Result<IdempotencyKey, InvalidIdempotencyKey> => {
  const invalid = Result.fail(new InvalidIdempotencyKey())
  if (header.length > maxHeaderLength) return invalid
  const text = header.startsWith('"') ? quoted.exec(header)?.[1]?.replaceAll(/\\(["\\])/g, "$1") : header
  return text !== undefined && Schema.is(IdempotencyKey)(text) ? Result.succeed(text) : invalid
}
