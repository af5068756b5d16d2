/** Numbers as text of digits and letters. */

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/** Returns the number with at least `length` digits. It MUST NOT be negative. */
export const toBase62 = (number: bigint, length: number): string => {
  let text = ""
  for (let rest = number; rest > 0n; rest /= 62n) text = digits.charAt(Number(rest % 62n)) + text
  return text.padStart(length, "0")
}
