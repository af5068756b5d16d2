/**
 * Parses filters of task lists: `milk due<today -category:work`. The grammar:
 *
 *     filter  = and *( "or" and )
 *     and     = not *( [ "and" ] not )
 *     not     = [ "not" / "-" ] primary
 *     primary = "(" filter ")" / field operator value *( "," value ) / word / quoted / "overdue"
 *
 * Blanks may stand between two parts, but not behind "-". Keywords, fields and values have no case. In quotes, a quote is
 * written twice, and no other character is special.
 */
import { Result } from "effect"
import { type Condition, contains, filterFields, joinValues, overdue } from "./FilterConditions.ts"
import type { SeenFrom } from "./FilterDates.ts"
import { type FilterPart, InvalidFilter } from "./FilterErrors.ts"
import { type FilterScanner, makeScanner, type Piece } from "./FilterScanner.ts"
import { all, any, not } from "./TaskFilter.ts"

/** The longest filter, in Unicode code points. */
export const maxFilterLength = 1000
/** The maximum number of words and values. */
export const maxFilterTerms = 50
/** The maximum nesting of parentheses. */
export const maxFilterDepth = 10

type Parsed<A> = Result.Result<A, InvalidFilter>

/**
 * Reads a filter as it is meant at that time and in that zone. Fails for any other text, of any length; its work is
 * bounded by the limits.
 */
export const parseFilter = (text: string, seenFrom: SeenFrom): Parsed<Condition> => {
  const unreadable = checkText(text)
  return unreadable === undefined ? makeParser(text, seenFrom)() : Result.fail(unreadable)
}

const checkText = (text: string): InvalidFilter | undefined => {
  const characters = text.length > 2 * maxFilterLength ? maxFilterLength + 1 : countCharacters(text, text.length)
  if (characters > maxFilterLength) {
    const reason = `must have at most ${maxFilterLength} characters`
    return new InvalidFilter({ position: maxFilterLength, expected: ["end"], reason })
  }
  // No store can hold a text with one of these, and PostgreSQL refuses to look for it.
  const unstorable = text.search(/\0|\p{Surrogate}/u)
  return unstorable < 0 ? undefined : mistakeAt(text, unstorable, [], "must not contain NUL or lone surrogates")
}

const countCharacters = (text: string, units: number): number => [...text.slice(0, units)].length

const mistakeAt = (text: string, at: number, expected: ReadonlyArray<FilterPart>, reason: string): InvalidFilter =>
  new InvalidFilter({ position: countCharacters(text, at), expected, reason })

/** Returns the function that parses the text. Each call of the functions inside goes on where the one before ended. */
const makeParser = (text: string, seenFrom: SeenFrom): (() => Parsed<Condition>) => {
  const scanner = makeScanner(text)
  let terms = 0
  let depth = 0

  const failAt = (at: number, expected: ReadonlyArray<FilterPart>, reason: string): Parsed<never> =>
    Result.fail(mistakeAt(text, at, expected, reason))

  const countTerm = (at: number): Parsed<void> =>
    ++terms > maxFilterTerms ? failAt(at, ["end"], `must have at most ${maxFilterTerms} words and values`) : Result.void

  const parseOr = (): Parsed<Condition> =>
    Result.gen(function* () {
      const conditions = [yield* parseAnd()]
      while (scanner.takeKeyword("or")) conditions.push(yield* parseAnd())
      return joined(any, conditions)
    })

  const parseAnd = (): Parsed<Condition> =>
    Result.gen(function* () {
      const conditions = [yield* parseNot()]
      while (scanner.takeKeyword("and") || hasMore(scanner)) conditions.push(yield* parseNot())
      return joined(all, conditions)
    })

  const parseNot = (): Parsed<Condition> => {
    if (scanner.takeKeyword("not")) return negated(parsePrimary())
    const start = scanner.position()
    if (!scanner.take("-")) return parsePrimary()
    const behind = scanner.peek()
    return behind === "" || /[\s-]/.test(behind)
      ? failAt(start + 1, ["term"], 'must have a term directly behind "-"')
      : negated(parsePrimary())
  }

  const parsePrimary = (): Parsed<Condition> => {
    const start = scanner.position()
    if (scanner.take("(")) return parseGroup(start)
    if (scanner.isNext('"')) return parseQuoted(start)
    const field = scanner.takeField()
    if (field !== undefined) return parseField(field)
    if (scanner.takeKeyword("overdue")) return Result.map(countTerm(start), () => overdue(seenFrom))
    return parseWord(start)
  }

  const parseGroup = (start: number): Parsed<Condition> =>
    Result.gen(function* () {
      if (++depth > maxFilterDepth) {
        return yield* failAt(start, [], `must nest parentheses at most ${maxFilterDepth} deep`)
      }
      const condition = yield* parseOr()
      if (!scanner.take(")")) {
        return yield* failAt(scanner.position(), ["closing_parenthesis"], "must close the parenthesis")
      }
      depth--
      return condition
    })

  const parseQuoted = (start: number): Parsed<Condition> =>
    Result.flatMap(quotedAt(start), (piece) =>
      piece.text === "" ? failAt(start, ["term"], "must have text in the quotes") : term(start, piece.text),
    )

  const quotedAt = (start: number): Parsed<Piece> => {
    const piece = scanner.takeQuoted()
    return piece === undefined ? failAt(start, ["quote"], "must close the quote") : Result.succeed(piece)
  }

  const term = (start: number, word: string): Parsed<Condition> =>
    Result.map(countTerm(start), () => ({ filter: contains("any", word), isRelative: false }))

  const parseWord = (start: number): Parsed<Condition> => {
    if (isReserved(scanner)) return failAt(start, ["term"], 'must have quotes around "and", "or" and "not" as words')
    const { text: word } = scanner.takeWord()
    if (word === "") return failAt(start, ["term"], "must have a word or a condition here")
    const behind = scanner.peek()
    return behind !== "" && /[:<>!]/.test(behind)
      ? failAt(scanner.position(), [], "must have a field before an operator, or quotes around the text")
      : term(start, word)
  }

  const parseField = ({
    name,
    operator,
    operatorStart,
    start,
  }: NonNullable<ReturnType<FilterScanner["takeField"]>>): Parsed<Condition> => {
    const field = filterFields.get(name)
    if (field === undefined) {
      const names = [...filterFields.keys()].join(", ")
      return failAt(start, ["term"], `must name a field (${names}), or have quotes around the text`)
    }
    if (!field.operators.includes(operator)) {
      return failAt(operatorStart, ["operator"], `must be one of ${field.operators.join(" ")} for this field`)
    }
    const isList = operator === ":" || operator === "!="
    return Result.gen(function* () {
      const conditions: Array<Condition> = []
      for (;;) {
        const at = scanner.position()
        yield* countTerm(at)
        const value = scanner.isNext('"') ? yield* quotedAt(at) : scanner.takeValue()
        if (value.text === "") return yield* failAt(at, ["value"], "must have a value here")
        const read = field.read(value, operator === "!=" ? ":" : operator, seenFrom)
        if (Result.isFailure(read)) return yield* failAt(at, read.failure.expected, read.failure.reason)
        conditions.push(read.success)
        const comma = scanner.position()
        if (!scanner.take(",")) return joinValues(operator, conditions)
        if (!isList) return yield* failAt(comma, [], "must have one value; several go with : and != only")
      }
    })
  }

  return () =>
    Result.flatMap(parseOr(), (condition) =>
      scanner.isAtEnd()
        ? Result.succeed(condition)
        : failAt(scanner.position(), ["term", "end"], "must have a term here, or end"),
    )
}

/** Whether another term of the same group follows. */
const hasMore = (scanner: FilterScanner): boolean =>
  !scanner.isAtEnd() && !scanner.isNext(")") && !scanner.isKeyword("or")

const isReserved = (scanner: FilterScanner): boolean => ["and", "or", "not"].some(scanner.isKeyword)

const joined = (join: typeof all, conditions: ReadonlyArray<Condition>): Condition => ({
  filter: join(conditions.map(({ filter }) => filter)),
  isRelative: conditions.some(({ isRelative }) => isRelative),
})

const negated = (parsed: Parsed<Condition>): Parsed<Condition> =>
  Result.map(parsed, ({ filter, isRelative }) => ({ filter: not(filter), isRelative }))
