/** Refuses the passwords that are tried first (ASVS 5.0, 6.2.4: the 3,000 most used that match the policy, at least). */
import { Result } from "effect"
import { CommonPassword } from "./AccountErrors.ts"
import { commonPasswordList } from "./commonPasswordList.ts"
import type { Password } from "./Password.ts"

let list: string | undefined

/**
 * Whether the password is one of the most used, whatever its case: a capital is the first thing that a guess changes.
 * A search of the text takes far less time than hashing, and less memory than a set of 6,600 strings.
 */
export const isCommon = (password: Password): boolean => {
  list ??= ` ${commonPasswordList.replaceAll("\n", " ")} `
  return !/\s/.test(password) && list.includes(` ${password.toLowerCase()} `)
}

/** Lets a new password pass that is not one of the most used; `field` is its name in the command. */
export const refuseCommon = (
  field: CommonPassword["field"],
  password: Password,
): Result.Result<Password, CommonPassword> =>
  isCommon(password) ? Result.fail(new CommonPassword({ field })) : Result.succeed(password)
