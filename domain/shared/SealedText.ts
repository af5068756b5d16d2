/** The checksum at the beginning of the texts that clients hand back, such as cursors. It finds mistakes, and proves nothing. */
import { fnv1a } from "./Fnv1a.ts"

/** How many characters `seal` adds. */
export const checksumLength = 8

/** Returns eight hexadecimal digits for a text. */
export const hashText = (text: string): string => fnv1a(text).toString(16).padStart(checksumLength, "0")

/** Returns the text after its checksum. */
export const seal = (body: string): string => `${hashText(body)}${body}`

/** Returns the text that was sealed. Undefined for any other text, and for one that is too long, of any length. */
export const unseal = (text: string, maxLength: number): string | undefined => {
  if (text.length > maxLength) return undefined
  const body = text.slice(checksumLength)
  return text.slice(0, checksumLength) === hashText(body) ? body : undefined
}
