/** The fields of filters: their operators, their values, and the conditions that these make. */
import { Result } from "effect"
import { maxMillis, minMillis } from "../shared/Timestamp.ts"
import { type DateMistake, type DateSpan, limitAt, readDate, type SeenFrom } from "./FilterDates.ts"
import type { FilterPart } from "./FilterErrors.ts"
import type { FilterOperator, Piece } from "./FilterScanner.ts"
import { fold } from "./SearchText.ts"
import { TaskPriority, TaskStatus } from "./TaskFields.ts"
import { all, any, never, not, type TaskFilter, type TextField, type TimeField } from "./TaskFilter.ts"

/** A condition, and whether it depends on the time at which it is read. */
export interface Condition {
  readonly filter: TaskFilter
  readonly isRelative: boolean
}

/** Why a value makes no condition. */
export interface ValueMistake {
  readonly expected: ReadonlyArray<FilterPart>
  readonly reason: string
}

type Read = Result.Result<Condition, ValueMistake>

export interface FilterField {
  readonly operators: ReadonlyArray<FilterOperator>
  /** Returns the condition of one value. With `:` and `!=` it is read as equality; the caller negates and joins. */
  readonly read: (value: Piece, operator: Exclude<FilterOperator, "!=">, seenFrom: SeenFrom) => Read
}

const equality = [":", "!="] as const
const comparison = [":", "!=", "<", "<=", ">", ">="] as const

const always = (filter: TaskFilter): Read => Result.succeed({ filter, isRelative: false })
const mistake = (expected: FilterPart, reason: string): Read => Result.fail({ expected: [expected], reason })

const wordsFor = (literals: ReadonlyArray<string>): string => literals.join(", ").replace(/, (?!.*, )/, " or ")

const status: FilterField = {
  operators: equality,
  read: ({ text }) => {
    const found = TaskStatus.literals.find((each) => each === text.toLowerCase())
    return found === undefined
      ? mistake("status", `must be ${wordsFor(TaskStatus.literals)}`)
      : always({ kind: "status", in: [found] })
  },
}

const priorities: ReadonlyArray<TaskPriority> = TaskPriority.literals
const ranks: ReadonlyMap<string, number> = new Map(priorities.map((each, rank) => [each, rank]))

const compares: {
  readonly [Operator in Exclude<FilterOperator, "!=">]: (one: number, other: number) => boolean
} = {
  ":": (one, other) => one === other,
  "<": (one, other) => one < other,
  "<=": (one, other) => one <= other,
  ">": (one, other) => one > other,
  ">=": (one, other) => one >= other,
}

const priority: FilterField = {
  operators: comparison,
  read: ({ text }, operator) => {
    const rank = ranks.get(text.toLowerCase())
    return rank === undefined
      ? mistake("priority", `must be ${wordsFor(priorities)}`)
      : always({ kind: "priority", in: priorities.filter((_, index) => compares[operator](index, rank)) })
  },
}

const dateMistakes: Readonly<Record<DateMistake, string>> = {
  unreadable:
    "must be a date: 2026-12-24, a time with an offset, now, today, tomorrow, yesterday, or days, weeks or months from today such as +3d",
  outside: "must be a date from 1970 to 9999",
}

/** Returns a condition for a limit. A limit that no time can keep makes one that no task meets. */
const within = (field: TimeField, from: number | null, to: number | null): TaskFilter =>
  (from !== null && from > maxMillis) || (to !== null && to < minMillis)
    ? never
    : { kind: "time", field, from: from === null ? null : limitAt(from), to: to === null ? null : limitAt(to) }

const spans: {
  readonly [Operator in Exclude<FilterOperator, "!=">]: (field: TimeField, span: DateSpan) => TaskFilter
} = {
  ":": (field, { from, to }) => within(field, from, to),
  "<": (field, { from }) => within(field, null, from - 1),
  "<=": (field, { to }) => within(field, null, to),
  ">": (field, { to }) => within(field, to + 1, null),
  ">=": (field, { from }) => within(field, from, null),
}

const isNone = ({ isQuoted, text }: Piece): boolean => !isQuoted && text.toLowerCase() === "none"

const time = (field: TimeField): FilterField => ({
  operators: comparison,
  read: (value, operator, seenFrom) => {
    if (field === "due" && isNone(value)) {
      return operator === ":" ? always({ kind: "noDueDate" }) : mistake("date", "none goes with : and != only")
    }
    return Result.mapBoth(readDate(value.text, seenFrom), {
      onSuccess: (span) => ({ filter: spans[operator](field, span), isRelative: span.isRelative }),
      onFailure: (reason): ValueMistake => ({ expected: ["date"], reason: dateMistakes[reason] }),
    })
  },
})

const category: FilterField = {
  operators: equality,
  read: (value) => always(isNone(value) ? { kind: "noCategory" } : { kind: "category", named: fold(value.text) }),
}

/** Returns the condition that a task contains the text. */
export const contains = (field: TextField, text: string): TaskFilter => ({ kind: "text", in: field, text: fold(text) })

const text = (field: TextField): FilterField => ({
  operators: equality,
  read: (value) => always(contains(field, value.text)),
})

/** The fields by their names. */
export const filterFields: ReadonlyMap<string, FilterField> = new Map([
  ["status", status],
  ["priority", priority],
  ["due", time("due")],
  ["created", time("created")],
  ["updated", time("updated")],
  ["category", category],
  ["title", text("title")],
  ["description", text("description")],
])

/** The condition of the word `overdue`: due in the past, and not completed. */
export const overdue = ({ now }: SeenFrom): Condition => ({
  filter: all([spans["<"]("due", nowAsSpan(now)), not({ kind: "status", in: ["completed"] })]),
  isRelative: true,
})

const nowAsSpan = (now: SeenFrom["now"]): DateSpan => {
  const millis = Date.parse(now)
  return { from: millis, to: millis, isRelative: true }
}

/** Joins the conditions of a list of values: any of them, or with `!=` none. */
export const joinValues = (operator: FilterOperator, conditions: ReadonlyArray<Condition>): Condition => {
  const filter = any(merged(conditions.map((each) => each.filter)))
  return {
    filter: operator === "!=" ? not(filter) : filter,
    isRelative: conditions.some(({ isRelative }) => isRelative),
  }
}

/** Makes one condition of several statuses or priorities, which a store can look up at once. */
const merged = (filters: ReadonlyArray<TaskFilter>): ReadonlyArray<TaskFilter> => {
  const statuses = filters.flatMap((each) => (each.kind === "status" ? each.in : []))
  if (statuses.length === filters.length && statuses.length > 1) return [{ kind: "status", in: [...new Set(statuses)] }]
  const ofPriority = filters.flatMap((each) => (each.kind === "priority" ? each.in : []))
  return filters.every(({ kind }) => kind === "priority") && filters.length > 1
    ? [{ kind: "priority", in: [...new Set(ofPriority)] }]
    : filters
}
