/** Formats rows: as a table for terminals, and as tab-separated lines for pipes and files. */
import { CliOutput } from "effect/cli"
import type { Style } from "./Style.ts"

export interface Column {
  readonly header: string
  readonly cells: ReadonlyArray<string>
  /** The cells of tab-separated lines, if they differ: whole ids, times in UTC, the API's words. */
  readonly plain?: ReadonlyArray<string>
  /** Whether only a terminal shows it. The columns of tab-separated lines are a contract with scripts. */
  readonly isForTerminals?: boolean
  /** Whether it may be truncated if the terminal is too narrow. */
  readonly isFlexible?: boolean
  /** Columns of a rank are left out of a table that is too wide for the terminal, those of the highest rank first. */
  readonly rank?: number
  readonly paint?: (text: string, row: number) => string
}

const gap = 2
const narrowest = 6
/** The width that a flexible column needs to be read. Other columns are left out before it gets less. */
const readable = 12
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" })

/** Returns the columns that the text takes on a terminal: two for wide characters and emoji. */
export const widthOf = (text: string): number => CliOutput.displayWidth(text)

/** Truncates the text to that many columns, and marks the cut with …. */
export const truncate = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  let kept = ""
  let used = 1
  for (const { segment } of segmenter.segment(text)) {
    used += widthOf(segment)
    if (used > width) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

const rowsOf = (columns: ReadonlyArray<Column>, line: (row: number) => string): ReadonlyArray<string> =>
  Array.from({ length: columns[0]?.cells.length ?? 0 }, (_, row) => line(row))

/**
 * Formats rows. On a terminal, they stand under headers, and the table is at most as wide as the terminal. Elsewhere each
 * row is a line of cells between tabs, without headers. Cells MUST be escaped, so that they hold no tab and no line break.
 */
export const table = (columns: ReadonlyArray<Column>, style: Style): string =>
  style.width === null ? tabSeparated(columns) : aligned(columns, style.width, style)

/** Adds a line below the rows of a terminal; scripts read the rows alone. */
export const withFooter = (rows: string, footer: string, style: Style): string =>
  style.width === null ? rows : `${rows}\n${style.dim(footer)}`

const tabSeparated = (columns: ReadonlyArray<Column>): string =>
  rowsOf(columns, (row) =>
    columns
      .filter(({ isForTerminals }) => isForTerminals !== true)
      .map(({ cells, plain }) => (plain ?? cells)[row] ?? "")
      .join("\t"),
  ).join("\n")

const aligned = (all: ReadonlyArray<Column>, available: number, style: Style): string => {
  const columns = fitting(all, available)
  const widths = widthsWithin(columns, available)
  const line = (textOf: (column: Column) => string, paintOf: (column: Column) => (text: string) => string): string =>
    columns
      .map((column, index) => {
        const width = widths[index] ?? 0
        const text = truncate(textOf(column), width)
        const isLast = index === columns.length - 1
        return paintOf(column)(text) + (isLast ? "" : " ".repeat(width - widthOf(text)))
      })
      .join(" ".repeat(gap))
      .trimEnd()
  const rows = rowsOf(columns, (row) =>
    line(
      ({ cells }) => cells[row] ?? "",
      ({ paint }) =>
        (text) =>
          paint === undefined ? text : paint(text, row),
    ),
  )
  return [
    line(
      ({ header }) => header,
      () => style.bold,
    ),
    ...rows,
  ].join("\n")
}

const naturalWidth = ({ cells, header }: Column): number =>
  cells.reduce((most, cell) => Math.max(most, widthOf(cell)), widthOf(header))

const totalOf = (widths: ReadonlyArray<number>): number =>
  widths.reduce((sum, width) => sum + width, gap * (widths.length - 1))

/** Leaves out columns by their rank, until the others can be read. */
const fitting = (columns: ReadonlyArray<Column>, available: number): ReadonlyArray<Column> => {
  const needed = columns.map((column) =>
    column.isFlexible === true ? Math.min(naturalWidth(column), readable) : naturalWidth(column),
  )
  const worst = columns.reduce((most, { rank }) => Math.max(most, rank ?? 0), 0)
  return totalOf(needed) <= available || worst === 0
    ? columns
    : fitting(
        columns.filter(({ rank }) => rank !== worst),
        available,
      )
}

const widthsWithin = (columns: ReadonlyArray<Column>, available: number): ReadonlyArray<number> => {
  const widths = columns.map(naturalWidth)
  while (totalOf(widths) > available) {
    const flexible = columns.flatMap(({ isFlexible }, index) => (isFlexible ? [index] : []))
    const widest = flexible.reduce(
      (best, index) => ((widths[index] ?? 0) > (widths[best] ?? 0) ? index : best),
      flexible[0] ?? -1,
    )
    if ((widths[widest] ?? 0) <= narrowest) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}
