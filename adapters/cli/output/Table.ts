/** Formats tables for terminals. */
import { CliOutput } from "effect/cli"
import type { Style } from "./Style.ts"

export interface Column {
  readonly header: string
  readonly cells: ReadonlyArray<string>
  /** Whether it may be truncated if the terminal is too narrow. */
  readonly isFlexible?: boolean
  readonly paint?: (text: string, row: number) => string
}

const gap = 2
const narrowest = 6
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

/** Formats rows under headers. On a terminal, the table is at most as wide as the terminal. */
export const table = (columns: ReadonlyArray<Column>, style: Style): string => {
  const widths = widthsWithin(columns, style.width)
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
  const rows = Array.from({ length: columns[0]?.cells.length ?? 0 }, (_, row) =>
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

const widthsWithin = (columns: ReadonlyArray<Column>, available: number | null): ReadonlyArray<number> => {
  const widths = columns.map(({ cells, header }) =>
    cells.reduce((most, cell) => Math.max(most, widthOf(cell)), widthOf(header)),
  )
  if (available === null) return widths
  const total = () => widths.reduce((sum, width) => sum + width, gap * (columns.length - 1))
  while (total() > available) {
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
