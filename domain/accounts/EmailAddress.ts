/** The email address of an account: which texts are valid, and the one form in which they are stored. */
import { Schema, SchemaTransformation } from "effect"
import { withinUnits } from "../shared/Text.ts"

const maxLength = 254

const message = `must be an email address of at most ${maxLength} characters`

// The local part follows the rule of HTML's email input; the domain has at least two labels. Only ASCII is allowed,
// because two addresses that look alike or fold to one another (K and the Kelvin sign) must not be two accounts.
const local = "[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
const pattern = new RegExp(`^${local}@${label}(?:\\.${label})+$`)

const normalize = (text: string): string => {
  const trimmed = text.trim()
  return /^[\x21-\x7e]*$/.test(trimmed) ? trimmed.toLowerCase() : trimmed
}

/** An email address in the one form that is stored and compared: trimmed, in lower case, at most 254 characters. */
export const EmailAddress = withinUnits(2 * maxLength, message).pipe(
  Schema.decodeTo(
    Schema.String.check(
      Schema.makeFilter((text: string) => text.length <= maxLength && pattern.test(text), { message }),
    ).pipe(Schema.brand("EmailAddress")),
    SchemaTransformation.transform<string, string>({ decode: normalize, encode: (text) => text }),
  ),
)
export type EmailAddress = typeof EmailAddress.Type
