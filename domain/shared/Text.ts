/**
 * Schemas for text that callers send. Its length in UTF-16 units is checked before anything else. Otherwise
 * normalizing, trimming or matching a long text could block the process for seconds.
 */
import { Schema, SchemaTransformation } from "effect"
import { countVisible } from "./VisibleText.ts"

/**
 * The maximum number of UTF-16 units that normalization to NFC or NFKC can compose into one code point (Unicode 16:
 * U+16D6A).
 */
const maxUnitsPerCharacter = 6

/** The longest text, in UTF-16 units, that can normalize to `characters` code points. */
export const maxUnitsBefore = (characters: number): number => characters * maxUnitsPerCharacter

/** Allows at most `units` UTF-16 units. No later check runs if this one fails. */
export const isWithinUnits = (units: number, message: string) =>
  Schema.makeFilter<string>((text) => text.length <= units, { message }, true)

/** Reads text of at most `units` UTF-16 units, before any check that costs more than reading the length. */
export const withinUnits = (units: number, message: string) =>
  Schema.String.pipe(Schema.decodeTo(Schema.String.check(isWithinUnits(units, message))))

/**
 * Text that every store and every encoder can represent. NUL is not allowed because PostgreSQL refuses it. A lone
 * surrogate is not allowed because UTF-8 has no form for it, so it would be read back as another character.
 */
const isStorable = Schema.makeFilter<string>(
  (text) => text.isWellFormed() && !text.includes("\0"),
  { message: "must not contain NUL or lone surrogates" },
  true,
)

/** The message for a text that is too short or too long. */
export const lengthMessage = (minimum: number, maximum: number): string =>
  minimum === 0 ? `must have at most ${maximum} characters` : `must have ${minimum} to ${maximum} characters`

const boundedChecks = (minimum: number, maximum: number) => {
  const message = lengthMessage(minimum, maximum)
  return [
    isWithinUnits(2 * maximum, message),
    isStorable,
    Schema.isBetweenCodePoints(minimum, maximum, { message }),
  ] as const
}

/** Text of `minimum` to `maximum` Unicode code points, stored unchanged. A code point is at most two UTF-16 units. */
export const BoundedText = (minimum: number, maximum: number) => Schema.String.check(...boundedChecks(minimum, maximum))

const isOneLine = Schema.makeFilter<string>(
  (text) => !/[\p{Cc}\u2028\u2029]/u.test(text),
  { message: "must not contain control characters or line breaks" },
  true,
)

const isComposed = Schema.makeFilter<string>((text) => text === text.normalize("NFC"), {
  message: "must be in Unicode's NFC form",
})

/** Requires visible characters. A text that is too short passes, because the length check reports it. */
const showsEnough = (minimum: number) =>
  Schema.makeFilter<string>((text) => countVisible(text, minimum) >= minimum || countCodePoints(text) < minimum, {
    message: `must have at least ${minimum} visible ${minimum === 1 ? "character" : "characters"}`,
  })

const countCodePoints = (text: string): number => [...text].length

const checkedLine = (minimum: number, maximum: number) =>
  Schema.String.check(
    ...boundedChecks(minimum, maximum),
    isOneLine,
    Schema.isTrimmed(),
    isComposed,
    showsEnough(minimum),
  )

/**
 * Text for a name or a title, under a brand. It is trimmed and normalized to Unicode's NFC form, so that two spellings
 * of one name are equal. It has `minimum` to `maximum` code points, at least `minimum` of which are visible, and no
 * control characters or line breaks. Bidi controls are allowed, because text in two directions needs them.
 */
export const oneLineText = <S extends Schema.Codec<string, string>>(
  minimum: number,
  maximum: number,
  brand: (line: ReturnType<typeof checkedLine>) => S,
) =>
  withinUnits(maxUnitsBefore(maximum), lengthMessage(minimum, maximum)).pipe(
    Schema.decodeTo(
      brand(checkedLine(minimum, maximum)),
      SchemaTransformation.transform<string, string>({
        decode: (text) => text.trim().normalize("NFC"),
        encode: (text) => text,
      }),
    ),
  )
