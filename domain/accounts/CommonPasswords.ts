/**
 * Refuses the passwords that attackers try first (ASVS 5.0, 6.2.4: at least the 3,000 most used that match the policy).
 */
import { Result } from "effect"
import { CommonPassword } from "./AccountErrors.ts"
import { commonPasswordList } from "./commonPasswordList.ts"
import type { Password } from "./Password.ts"

let list: string | undefined

/**
 * Characters that users insert between or around the others, by mistake or to pass a check. They add next to nothing to
 * the strength.
 */
const ignored = /[\p{White_Space}\p{Default_Ignorable_Code_Point}]/gu

/**
 * The digits and signs that stand for letters in the rules of password crackers. `l` and `i` are one letter, because
 * `1` means both.
 */
const substitutes: Readonly<Record<string, string>> = {
  "@": "a",
  "4": "a",
  "3": "e",
  "1": "i",
  "!": "i",
  "|": "i",
  l: "i",
  "0": "o",
  $: "s",
  "5": "s",
  "7": "t",
}

const fold = (text: string): string =>
  text.toLowerCase().replaceAll(/[@431!|l0$57]/g, (sign) => substitutes[sign] ?? sign)

/**
 * Whether the password is among the most used. Case, spaces and digits for letters do not count, because guesses vary
 * these first. Searching the text takes far less time than hashing, and less memory than a set of 6,600 strings.
 */
export const isCommon = (password: Password): boolean => {
  list ??= ` ${fold(commonPasswordList).replaceAll("\n", " ")} `
  return list.includes(` ${fold(password.replaceAll(ignored, ""))} `)
}

/** Fails with `CommonPassword` if a new password is among the most used. `field` is its name in the command. */
export const refuseCommon = (
  field: CommonPassword["field"],
  password: Password,
): Result.Result<Password, CommonPassword> =>
  isCommon(password) ? Result.fail(new CommonPassword({ field })) : Result.succeed(password)
