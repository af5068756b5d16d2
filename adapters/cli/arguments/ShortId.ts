/**
 * Short forms of ids. An id of version 7 begins with the time at which it was made, which neighbours share, and ends with
 * random digits: so the end of an id tells it from others in few characters.
 */

/** The fewest digits that are shown and read as the end of an id: fewer are a number in a list. */
export const shortestEnd = 4
/** The fewest digits that are read as the beginning of an id. */
const shortestBeginning = 8

const shortId = /^[0-9a-f](?:[0-9a-f-]*[0-9a-f])?-?$/

const digitsOf = (text: string): string => text.replaceAll("-", "")

/** Whether the text, in lower case, can be a part of an id that names it. */
export const isShortId = (text: string): boolean =>
  text.length <= 36 && shortId.test(text) && digitsOf(text).length >= shortestEnd

/** Whether the text, which `isShortId` holds for, names that id by its end, or by a longer part of its beginning. */
export const isNamedBy = (id: string, text: string): boolean => {
  const [whole, part] = [digitsOf(id), digitsOf(text)]
  return whole.endsWith(part) || (part.length >= shortestBeginning && whole.startsWith(part))
}

/** The ends of the ids, as long as it takes to tell them all from one another. */
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
