/** The files of the results: one JSON file a part, and what is drawn from them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Comparison } from "../parts/compare.ts"
import type { Growth } from "../parts/growth.ts"
import type { Headline } from "../parts/headline.ts"
import type { Memory } from "../parts/memory.ts"
import { drawChart } from "./chart.ts"
import { writeReport } from "./markdown.ts"

/** The results of each part. A part that never ran is missing. */
export interface Results {
  readonly compare?: Comparison
  readonly others?: Comparison
  readonly redis?: Comparison
  readonly headline?: Headline
  readonly growth?: Growth
  readonly memory?: Memory
}
export type PartName = keyof Results

export const partNames: ReadonlyArray<PartName> = ["compare", "others", "redis", "headline", "growth", "memory"]

/** The folder of the committed results. */
export const committed = join(import.meta.dirname, "../results")
const chart = join(import.meta.dirname, "../../../docs/benchmarks.svg")

const fileOf = (part: PartName): string => join(committed, `${part}.json`)

/** Reads the committed results. */
export const readResults = (): Results =>
  Object.fromEntries(
    partNames.flatMap((part) =>
      existsSync(fileOf(part)) ? [[part, JSON.parse(readFileSync(fileOf(part), "utf8"))]] : [],
    ),
  )

/** Replaces the result of a part. */
export const writePart = <P extends PartName>(part: P, result: Results[P]): void => {
  mkdirSync(committed, { recursive: true })
  writeFileSync(fileOf(part), `${JSON.stringify(result, null, 2)}\n`)
}

/** Writes the tables and the chart of the committed results. */
export const render = (): void => {
  const results = readResults()
  writeFileSync(join(committed, "README.md"), writeReport(results))
  if (results.compare !== undefined) writeFileSync(chart, drawChart(results.compare))
}
