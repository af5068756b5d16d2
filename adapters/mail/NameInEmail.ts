/**
 * Decides which names an email contains. Any client can register another person's address. A name with a link, an
 * address or a telephone number would turn our email into the client's message.
 */
import type { FullName } from "../../domain/accounts/UserAccount.ts"

/** Removed first: no mark and no invisible character may hide a dot or a digit from the patterns below. */
const hidden = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{M}\u2800\u{1d159}]/gu

/**
 * Characters that readers or mail programs take for a full stop, or for an Arabic zero, beyond those that NFKD
 * converts.
 */
const dots = /[\u3002\u06d4\u0701\u0702\u0660\u06f0\u2e3c\ua60e\ua4f8\u{10a50}\u{1d16d}]/gu

/**
 * Dots at middle height. Names in Catalan (`Gal·la`), Chinese and Japanese contain them. So they count as a full stop
 * only between Latin letters or ASCII digits, and not between two `l`.
 */
const middleDots =
  /(?<=[\p{Script=Latin}0-9])[\u00b7\u0387\u2022\u2027\u2219\u22c5\u2e31\u2e33\u30fb\ua78f](?=[\p{Script=Latin}0-9])(?<!l.(?=l))/giu

/** Characters of web and email addresses that no name contains. */
const addressCharacters =
  /[/\\@:\u02d0\u0589\u05c3\u2044\u2215\u2216\u2236\u2571\u2572\u27cb\u27cd\u29f5\u29f8\u29f9\ua789]/u

const protocols = /https?|www/iu

/** A full stop right before two letters or digits: `evil.example`, and not `J. R. Smith` or `Ph.D`. */
const domain = /[\p{L}\p{N}]\s*\.[\p{L}\p{N}]{2,}/u

/** Three digits with no letter between them. */
const number = /\p{N}(?:[^\p{L}\p{N}]*\p{N}){2,}/u

/**
 * Normalizes the text to the reader's view: equivalent characters are one, without accents, and without hidden
 * characters.
 */
const normalizeForReader = (text: string): string =>
  text.normalize("NFKD").replaceAll(hidden, "").replaceAll(dots, ".").replaceAll(middleDots, ".")

/** Returns the name for an email, in one line; null if it could carry a message and MUST be left out. */
export const nameForEmail = (fullName: FullName): string | null => {
  const line = fullName.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\s]+/gu, " ").trim()
  const normalized = normalizeForReader(line)
  const isSuspect = [addressCharacters, protocols, domain, number].some((pattern) => pattern.test(normalized))
  return normalized.trim() === "" || isSuspect ? null : line
}
