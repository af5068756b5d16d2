/** Draws the chart of the README from the results of a comparison. */
import { type Comparison, ours } from "../parts/compare.ts"
import { labels } from "./markdown.ts"

const shown = ["list", "get", "create", "update", "mixed"] as const
/** Their colours are readable on light and on dark backgrounds. */
const colors: Readonly<Record<string, string>> = { [ours]: "#2f81f7", fastify: "#8b949e", nest: "#c9743a" }

const [width, left, right, top] = [720, 70, 70, 46]
const [barHeight, barGap, groupGap] = [13, 3, 14]

const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${x}" y="${y}" ${attributes}>${content}</text>`

/** Returns an SVG with the requests a second of each work and system. */
export const drawChart = ({ machine, works }: Comparison): string => {
  const names = Object.keys(colors).filter((name) => Object.values(works).some(({ figures }) => name in figures))
  const groups = shown.flatMap((work) => {
    const figures = works[work]?.figures
    return figures === undefined ? [] : [{ work, figures }]
  })
  const longest = Math.max(...groups.flatMap(({ figures }) => names.map((name) => figures[name]?.perSecond ?? 0)), 1)
  const groupHeight = names.length * (barHeight + barGap) + groupGap
  const parts: Array<string> = []
  names.forEach((name, index) => {
    const x = left + index * 170
    parts.push(`<rect x="${x}" y="14" width="11" height="11" rx="2" fill="${colors[name]}"/>`)
    parts.push(text(x + 17, 24, labels[name] ?? name, 'class="l"'))
  })
  groups.forEach(({ figures, work }, group) => {
    const y = top + group * groupHeight
    const middle = y + (names.length * (barHeight + barGap)) / 2 + 3
    parts.push(text(left - 10, middle, work, 'class="l" text-anchor="end"'))
    names.forEach((name, index) => {
      const value = figures[name]?.perSecond ?? 0
      const barY = y + index * (barHeight + barGap)
      const length = Math.max(1, Math.round(((width - left - right) * value) / longest))
      parts.push(
        `<rect x="${left}" y="${barY}" width="${length}" height="${barHeight}" rx="2" fill="${colors[name]}"/>`,
      )
      parts.push(text(left + length + 6, barY + 11, value.toLocaleString("en-US"), 'class="v"'))
    })
  })
  const height = top + groups.length * groupHeight + 22
  parts.push(
    text(
      left,
      height - 10,
      `requests a second, one process each, ${machine.cores} cores, ${machine.date}`,
      'class="v"',
    ),
  )
  const title = "Requests a second of Taskwright and its peers"
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<title>${title}</title>
<style>text{font:12px system-ui,sans-serif;fill:#24292f}.v{font-size:11px;fill:#57606a}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.v{fill:#9da7b1}}</style>
${parts.join("\n")}
</svg>
`
}
