/**
 * Compares two strings code point by code point, as UTF-8 bytes and PostgreSQL's "C" collation do. (JavaScript's `<`
 * compares UTF-16 units and puts emoji before U+E000 to U+FFFF.)
 */
export const compareCodePoints = (one: string, other: string): number => {
  if (one === other) return 0
  const shorter = Math.min(one.length, other.length)
  let index = 0
  while (index < shorter && one.charCodeAt(index) === other.charCodeAt(index)) index++
  if (index === shorter) return one.length - other.length
  return rank(one.charCodeAt(index)) - rank(other.charCodeAt(index))
}

// Surrogates stand for code points above U+FFFF, so they rank above every other unit.
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)
