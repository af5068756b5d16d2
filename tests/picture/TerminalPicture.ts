/** Draws a terminal's output as an SVG picture. */
import { type Run, readLine } from "./TerminalText.ts"

const characterWidth = 8.4
const lineHeight = 21
const margin = 20
/** The bar with the three buttons. */
const barHeight = 36

/** Every colour has a contrast of at least 4.5 to 1 with the background. */
const styles = `
    text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; fill: #d1d7e0; white-space: pre }
    .bold { font-weight: 700; fill: #f0f6fc }
    .dim { fill: #9198a1 }
    .red { fill: #ff7b72 }
    .green { fill: #7ee787 }
    .yellow { fill: #f2cc60 }
    .cyan { fill: #76e3ea }
  `

/**
 * Draws a terminal of that many columns with the lines. Each run starts at its column, whatever font the viewer has.
 */
export const drawTerminal = (
  lines: ReadonlyArray<string>,
  options: { readonly columns: number; readonly title: string; readonly description: string },
): string => {
  const width = Math.ceil(options.columns * characterWidth + 2 * margin)
  const height = barHeight + lines.length * lineHeight + margin
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
  <title id="title">${escaped(options.title)}</title>
  <desc id="description">${escaped(options.description)}</desc>
  <style>${styles}</style>
  <rect width="${width}" height="${height}" rx="10" fill="#151b23"/>
  <g fill="#3d444d"><circle cx="20" cy="18" r="6"/><circle cx="40" cy="18" r="6"/><circle cx="60" cy="18" r="6"/></g>
${lines.map((line, row) => drawLine(readLine(line), row, options.columns)).join("")}</svg>
`
}

const drawLine = (runs: ReadonlyArray<Run>, row: number, columns: number): string => {
  const last = runs.at(-1)
  if (last === undefined) return ""
  if (last.column + last.text.length > columns) throw new Error(`a line is longer than ${columns} columns`)
  return `  <text y="${barHeight + (row + 1) * lineHeight - 6}">${runs.map(drawRun).join("")}</text>\n`
}

const drawRun = ({ column, looks, text }: Run): string => {
  const style = looks.length === 0 ? "" : ` class="${looks.join(" ")}"`
  const x = rounded(margin + column * characterWidth)
  return `<tspan x="${x}" textLength="${rounded(text.length * characterWidth)}"${style}>${escaped(text)}</tspan>`
}

const rounded = (length: number): string => String(Math.round(length * 10) / 10)

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
