import { Schema, SchemaTransformation } from "effect"

/**
 * Text that every store and every encoder can hold: no NUL (PostgreSQL refuses it) and no lone surrogate
 * (UTF-8 has no form for it, so it would come back as another character).
 */
export const isStorableText = Schema.makeFilter<string>(
  (text) => text.isWellFormed() && !text.includes("\0"),
  { message: "must not contain NUL or lone surrogates" },
  true,
)

const between = (minimum: number, maximum: number) =>
  Schema.isBetweenCodePoints(minimum, maximum, {
    message:
      minimum === 0 ? `must have at most ${maximum} characters` : `must have ${minimum} to ${maximum} characters`,
  })

/** Text of `minimum` to `maximum` Unicode code points, kept as it is. */
export const boundedText = (minimum: number, maximum: number) =>
  Schema.String.check(isStorableText, between(minimum, maximum))

/** Text that is trimmed first and then holds `minimum` to `maximum` Unicode code points. */
export const trimmedText = (minimum: number, maximum: number) =>
  Schema.String.check(isStorableText, Schema.isTrimmed(), between(minimum, maximum))

/** Reads a string by trimming it, then by the given schema. */
export const trimming = <S extends Schema.Codec<string, string>>(to: S) =>
  Schema.String.pipe(Schema.decodeTo(to, SchemaTransformation.trim()))
