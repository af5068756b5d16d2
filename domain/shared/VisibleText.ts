/** Counts the visible characters of a text, because a name of invisible characters is useless. */

/**
 * Joiners, variation selectors, bidi controls and fillers: they are invisible, and may stand between a letter and its
 * mark.
 */
const ignorable = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/u

/**
 * Spaces, controls, and the blanks that Unicode classifies as letters or symbols (Braille, ideographic, object
 * replacement, musical, Egyptian).
 */
const blank = /[\p{White_Space}\p{Cc}\u2800\u303f\ufffc\u{1d159}\u{13441}\u{13442}]/u

/** Accents and other marks that belong to no script: they decorate another character. */
const diacritic = /[\p{M}&&\p{Script=Inherited}]/v

/** Vowel signs and tones of a script (Devanagari, Thai): each counts as a character if it follows a letter. */
const mark = /\p{M}/u

/** Counts the visible code points, up to `enough`. */
export const countVisible = (text: string, enough: number): number => {
  let count = 0
  let hasBase = false
  for (const character of text) {
    if (count >= enough) break
    if (ignorable.test(character) || diacritic.test(character)) continue
    if (blank.test(character)) hasBase = false
    else if (hasBase || !mark.test(character)) {
      count++
      hasBase = true
    }
  }
  return count
}
