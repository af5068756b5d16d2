/**
 * Reads the text of a filter from left to right, one piece at a time. Each method looks at every character a bounded number
 * of times, and none of them throws.
 */

/** What ends a keyword, a word and a value. */
const keywordEnd = /[\s()"]/
const wordEnd = /[\s()":<>]|!=/g
const valueEnd = /[\s(),"]/g

const name = /[A-Za-z_]+/y
const blanks = /\s*/y
const operators = /!=|<=|>=|[:<>]/y

export type FilterOperator = ":" | "!=" | "<" | "<=" | ">" | ">="

/** A piece of text, without its quotes. */
export interface Piece {
  readonly text: string
  readonly isQuoted: boolean
}

/** A field with its operator, and where both begin. */
interface FieldStart {
  readonly name: string
  readonly start: number
  readonly operator: FilterOperator
  readonly operatorStart: number
}

/** All methods but `peek` first skip blanks. Positions are in UTF-16 units. */
export interface FilterScanner {
  /** Returns where the next piece begins. */
  readonly position: () => number
  readonly isAtEnd: () => boolean
  /** Whether the text goes on with this character. */
  readonly isNext: (character: string) => boolean
  /** Takes the character if it is next. */
  readonly take: (character: string) => boolean
  /** Whether the keyword is next, in any case, as a whole word. */
  readonly isKeyword: (keyword: string) => boolean
  /** Takes the keyword if it is next. */
  readonly takeKeyword: (keyword: string) => boolean
  /** Takes a name and the operator behind it. Takes nothing, and returns undefined, if they are not next. */
  readonly takeField: () => FieldStart | undefined
  /** Takes the text up to a blank, a parenthesis, a quote or an operator. It may be empty. */
  readonly takeWord: () => Piece
  /** Takes the text up to a blank, a parenthesis, a quote or a comma. It may be empty. */
  readonly takeValue: () => Piece
  /** Takes a text in quotes, which MUST be next. Takes nothing, and returns undefined, if they do not close. */
  readonly takeQuoted: () => Piece | undefined
  /** Returns the very next character, which may be a blank; an empty text at the end. */
  readonly peek: () => string
}

export const makeScanner = (source: string): FilterScanner => {
  let at = 0

  const lengthOf = (pattern: RegExp, from: number): number => {
    pattern.lastIndex = from
    return pattern.exec(source)?.[0].length ?? 0
  }

  const skipBlanks = (): void => {
    at += lengthOf(blanks, at)
  }

  const takeUntil = (end: RegExp): Piece => {
    skipBlanks()
    const start = at
    end.lastIndex = start
    at = end.exec(source)?.index ?? source.length
    return { text: source.slice(start, at), isQuoted: false }
  }

  const isNext = (character: string): boolean => {
    skipBlanks()
    return source.startsWith(character, at)
  }

  const isKeyword = (keyword: string): boolean => {
    skipBlanks()
    const end = at + keyword.length
    // Otherwise it is a word that only begins like the keyword, or a field.
    return (
      source.slice(at, end).toLowerCase() === keyword && (end >= source.length || keywordEnd.test(source.charAt(end)))
    )
  }

  return {
    position: () => {
      skipBlanks()
      return at
    },
    isAtEnd: () => {
      skipBlanks()
      return at >= source.length
    },
    isNext,
    take: (character) => {
      const isTaken = isNext(character)
      if (isTaken) at += character.length
      return isTaken
    },
    isKeyword,
    takeKeyword: (keyword) => {
      const isTaken = isKeyword(keyword)
      if (isTaken) at += keyword.length
      return isTaken
    },
    takeField: () => {
      skipBlanks()
      const start = at
      const nameEnd = start + lengthOf(name, start)
      const operatorStart = nameEnd + lengthOf(blanks, nameEnd)
      const end = operatorStart + lengthOf(operators, operatorStart)
      if (nameEnd === start || end === operatorStart) return undefined
      at = end
      const operator = source.slice(operatorStart, end) as FilterOperator
      return { name: source.slice(start, nameEnd).toLowerCase(), start, operator, operatorStart }
    },
    takeWord: () => takeUntil(wordEnd),
    takeValue: () => takeUntil(valueEnd),
    takeQuoted: () => {
      skipBlanks()
      let text = ""
      for (let from = at + 1; ; ) {
        const end = source.indexOf('"', from)
        if (end < 0) return undefined
        text += source.slice(from, end)
        if (source[end + 1] !== '"') {
          at = end + 1
          return { text, isQuoted: true }
        }
        text += '"'
        from = end + 2
      }
    },
    peek: () => source.charAt(at),
  }
}
