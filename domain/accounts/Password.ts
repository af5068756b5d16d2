import { Schema, SchemaTransformation } from "effect"
import { boundedText } from "../shared/Text.ts"

const has = (pattern: RegExp, what: string) =>
  Schema.makeFilter((text: string) => pattern.test(text), { message: `must have ${what}` })

/**
 * A password that the rules allow for an account: 8 to 128 code points with a lower-case letter, an upper-case letter
 * and a digit. It is held in Unicode's NFKC form, so that a keyboard that composes its accents differently still
 * types the same password (NIST SP 800-63B §3.1.1.2).
 */
export const Password = Schema.String.pipe(
  Schema.decodeTo(
    boundedText(8, 128)
      .check(has(/\p{Ll}/u, "a lower-case letter"), has(/\p{Lu}/u, "an upper-case letter"), has(/\p{Nd}/u, "a digit"))
      .pipe(Schema.brand("Password")),
    SchemaTransformation.transform<string, string>({
      decode: (text) => text.normalize("NFKC"),
      encode: (text) => text,
    }),
  ),
)
export type Password = typeof Password.Type

/**
 * A password as somebody offers it at login, in the same form. It need not keep today's rules: whether it is right is
 * the hash's to say. The bound keeps the work of hashing bounded.
 */
export const OfferedPassword = Schema.String.pipe(
  Schema.decodeTo(
    boundedText(1, 1024).pipe(Schema.brand("OfferedPassword")),
    SchemaTransformation.transform<string, string>({
      decode: (text) => text.normalize("NFKC"),
      encode: (text) => text,
    }),
  ),
)
export type OfferedPassword = typeof OfferedPassword.Type

/** What is stored of a password: a hash in PHC string format, with its algorithm and parameters in it. */
export const PasswordHash = Schema.String.pipe(Schema.brand("PasswordHash"))
export type PasswordHash = typeof PasswordHash.Type
