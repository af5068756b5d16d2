import { Schema, SchemaTransformation } from "effect"
import { BoundedText, lengthMessage, maxUnitsBefore, withinUnits } from "../shared/Text.ts"

/** Requires a match, in a text whose length was checked. */
const has = (pattern: RegExp, what: string) =>
  Schema.makeFilter((text: string) => pattern.test(text), { message: `must have ${what}` })

const minLength = 8
const maxLength = 128

/** No form of a password that an account can have is longer, in UTF-16 units. */
const maxUnits = maxUnitsBefore(maxLength)

/** Unicode's NFKC form. The length has a bound, because the time grows with its square if the text is combining marks. */
const toOneForm = SchemaTransformation.transform<string, string>({
  decode: (text) => (text.length > maxUnits ? text : text.normalize("NFKC")),
  encode: (text) => text,
})

/**
 * A password that the rules allow for an account: 8 to 128 code points with a lower-case letter, an upper-case letter
 * and a digit. It is held in Unicode's NFKC form, so that a keyboard that composes its accents differently still
 * types the same password (NIST SP 800-63B §3.1.1.2).
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
 * A password as a caller submits it at login, in the same form. It need not keep today's rules: the hash decides
 * whether it is right. The bound limits the work of hashing. A text that is longer than any form of a password stays
 * as it is, because no hash can match it.
 */
export const SubmittedPassword = withinUnits(2 * maxOfferedLength, lengthMessage(1, maxOfferedLength)).pipe(
  Schema.decodeTo(BoundedText(1, maxOfferedLength).pipe(Schema.brand("OfferedPassword")), toOneForm),
)
export type SubmittedPassword = typeof SubmittedPassword.Type

/** What is stored of a password: a hash in PHC string format, with its algorithm and parameters in it. */
export const PasswordHash = Schema.String.pipe(Schema.brand("PasswordHash"))
export type PasswordHash = typeof PasswordHash.Type
