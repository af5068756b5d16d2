/** The rules for passwords, the form in which they are compared, and the type of their hashes. */
import { Schema, SchemaTransformation } from "effect"
import { BoundedText, lengthMessage, maxUnitsBefore, withinUnits } from "../shared/Text.ts"

/** Requires a match. The length of the text MUST have been checked before. */
const has = (pattern: RegExp, what: string) =>
  Schema.makeFilter((text: string) => pattern.test(text), { message: `must have ${what}` })

const minLength = 8
const maxLength = 128

/** The longest valid password in UTF-16 units, before its normalization. */
const maxUnits = maxUnitsBefore(maxLength)

/**
 * Normalizes to Unicode's NFKC form. The length is bounded first, because for combining marks the time grows with the
 * square of the length.
 */
const toOneForm = SchemaTransformation.transform<string, string>({
  decode: (text) => (text.length > maxUnits ? text : text.normalize("NFKC")),
  encode: (text) => text,
})

/**
 * A password that the rules allow for an account: 8 to 128 code points with a lower-case letter, an upper-case letter
 * and a digit. It is normalized to Unicode's NFKC form (NIST SP 800-63B §3.1.1.2). A keyboard that composes accents
 * differently then still types the same password.
 */
export const Password = withinUnits(maxUnits, lengthMessage(minLength, maxLength)).pipe(
  Schema.decodeTo(
    BoundedText(minLength, maxLength)
      .check(has(/\p{Ll}/u, "a lower-case letter"), has(/\p{Lu}/u, "an upper-case letter"), has(/\p{Nd}/u, "a digit"))
      .pipe(Schema.brand("Password")),
    toOneForm,
  ),
)
export type Password = typeof Password.Type

const maxOfferedLength = 1024

/**
 * A password as a caller submits it at login, in the same form. It need not follow today's rules: the hash decides
 * whether it is right. The bound limits the work of hashing. A text that is longer than any form of a valid password
 * stays unchanged, because no hash can match it.
 */
export const SubmittedPassword = withinUnits(2 * maxOfferedLength, lengthMessage(1, maxOfferedLength)).pipe(
  Schema.decodeTo(BoundedText(1, maxOfferedLength).pipe(Schema.brand("OfferedPassword")), toOneForm),
)
export type SubmittedPassword = typeof SubmittedPassword.Type

/** The stored hash of a password in PHC string format, which contains its algorithm and parameters. */
export const PasswordHash = Schema.String.pipe(Schema.brand("PasswordHash"))
export type PasswordHash = typeof PasswordHash.Type
