/**
 * Finds names in the environment that resemble a setting and are none. Such a setting would be ignored, and the service
 * would run with its default: on an embedded database instead of the intended one.
 */

import { variableNames } from "./settingsTable.ts"

/** Shorter names resemble too many others: `PORT` and `PATH`, `HOST` and `HOME`. */
const minimumLength = 8
/** Returns how many letters of a name may be wrong, by its length. */
const allowedEdits = (name: string): number => (name.length < 10 ? 1 : 2)
/** A system limits the names in the environment of a process; of a larger one only the first are checked. */
const maximumNames = 10_000

export interface MisspelledSetting {
  readonly name: string
  readonly meant: string
}

/**
 * Returns the names that are probably misspelled settings. A setting that is present under its own name is not searched
 * for.
 */
export const misspelledSettings = (names: ReadonlyArray<string>): ReadonlyArray<MisspelledSetting> => {
  const present = new Set(names)
  const missing = variableNames.filter((name) => name.length >= minimumLength && !present.has(name))
  return names
    .slice(0, maximumNames)
    .filter((name) => !variableNames.includes(name))
    .flatMap((name) => {
      const meant = missing.find((setting) => isWithinEdits(name.toUpperCase(), setting, allowedEdits(setting)))
      return meant === undefined ? [] : [{ name, meant }]
    })
}

/** Returns the advice for one of them, as a line. */
export const misspellingText = ({ meant, name }: MisspelledSetting): string =>
  `${name} is no setting and changes nothing. ${meant} is one.`

/**
 * Returns true for most pairs that are no misspelling: more letters of the first text are absent from
 * the second one than edits are allowed. One edit corrects one letter.
 */
const isDifferent = (one: string, other: string, allowed: number): boolean => {
  let foreign = 0
  for (const letter of one) {
    if (!other.includes(letter) && ++foreign > allowed) return true
  }
  return false
}

/**
 * Returns whether at most `allowed` edits turn one text into the other. An edit inserts, removes or replaces a letter,
 * or swaps two neighbours (restricted Damerau-Levenshtein distance).
 */
const isWithinEdits = (one: string, other: string, allowed: number): boolean => {
  if (Math.abs(one.length - other.length) > allowed) return false
  if (isDifferent(one, other, allowed)) return false
  const rows = [Array.from({ length: other.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let row = 1; row <= one.length; row++) {
    rows.push([row])
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      rows[row]?.push(
        Math.min(
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
  }
  return at(one.length, other.length) <= allowed
}
