/**
 * Short forms of ids. An id of version 7 begins with its creation time, which neighbouring ids share, and ends with
 * random digits. So a few characters of its end identify it.
 */

/** The minimum number of digits shown and read as the end of an id; fewer are a number in a list. */
export const shortestEnd = 4
/** The minimum number of digits read as the beginning of an id. */
const shortestBeginning = 8

const shortId = /^[0-9a-f](?:[0-9a-f-]*[0-9a-f])?-?$/

const digitsOf = (text: string): string => text.replaceAll("-", "")

/** Returns whether the text, in lower case, can be a part of an id that identifies it. */
export const isShortId = (text: string): boolean =>
  text.length <= 36 && shortId.test(text) && digitsOf(text).length >= shortestEnd

/**
 * Returns whether the text is the end of that id, or a longer part of its beginning. `isShortId` MUST hold for the
 * text.
 */
export const isNamedBy = (id: string, text: string): boolean => {
  const [whole, part] = [digitsOf(id), digitsOf(text)]
  return whole.endsWith(part) || (part.length >= shortestBeginning && whole.startsWith(part))
}

/** Returns the ends of the ids, long enough to distinguish all of them. */
export const shortIds = (ids: ReadonlyArray<string>): ReadonlyArray<string> => {
  const whole = ids.map(digitsOf)
  const count = new Set(whole).size
  const longest = whole[0]?.length ?? shortestEnd
  for (let length = shortestEnd; length < longest; length++) {
    const ends = whole.map((id) => id.slice(-length))
    if (new Set(ends).size === count) return ends
  }
  return ids
}
