/** Refuses the passwords that are tried first (ASVS 5.0, 6.2.4: the 3,000 most used that match the policy, at least). */
import { Result } from "effect"
import { CommonPassword } from "./AccountErrors.ts"
import { commonPasswordList } from "./commonPasswordList.ts"
import type { Password } from "./Password.ts"

let list: string | undefined

/** What is put between the characters, or around them, by mistake or to pass a check. It adds next to nothing to a guess. */
const ignored = /[\p{White_Space}\p{Default_Ignorable_Code_Point}]/gu

/** The digits and signs that stand for letters in every guesser's rules. `l` and `i` are one, because `1` means both. */
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
 * Whether the password is one of the most used, whatever its case, its spaces and its digits for letters: these are the
 * first changes that a guess makes. A search of the text takes far less time than hashing, and less memory than a set of
 * 6,600 strings.
 */
export const isCommon = (password: Password): boolean => {
  list ??= ` ${fold(commonPasswordList).replaceAll("\n", " ")} `
  return list.includes(` ${fold(password.replaceAll(ignored, ""))} `)
}

/** Lets a new password pass that is not one of the most used; `field` is its name in the command. */
export const refuseCommon = (
  field: CommonPassword["field"],
  password: Password,
): Result.Result<Password, CommonPassword> =>
  isCommon(password) ? Result.fail(new CommonPassword({ field })) : Result.succeed(password)
