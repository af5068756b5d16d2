/** Writes the results as Markdown. */
import { type Comparison, type Figures, ours } from "../parts/compare.ts"
import type { Growth, Reads } from "../parts/growth.ts"
import type { Headline, LoadResult } from "../parts/headline.ts"
import type { Memory } from "../parts/memory.ts"
import type { Machine } from "../support/Machine.ts"
import type { Latency, Spread } from "../support/statistics.ts"
import type { Results } from "./results.ts"

/** The names of contenders as readers know them. */
export const labels: Readonly<Record<string, string>> = {
  [ours]: "Taskwright",
  fastify: "Fastify + pg",
  nest: "NestJS + TypeORM",
  pgbench: "pgbench",
}
const labelOf = (name: string): string => labels[name] ?? name

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map((_cell, index) => (index === 0 ? "---" : "--:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n")

const number = (value: number | null): string => (value === null ? "" : value.toLocaleString("en-US"))
const spread = ({ high, low, median }: Spread): string =>
  `**${median.toFixed(2)}** (${low.toFixed(2)} to ${high.toFixed(2)})`
const millis = ({ p50, p95, p99 }: Latency): string => [p50, p95, p99].map((value) => value.toFixed(1)).join(" / ")

const machineLine = ({
  commit,
  cores,
  date,
  load,
  memoryGibibytes,
  node,
  postgres,
  processor,
  redis,
}: Machine): string =>
  `${date}, commit ${commit}. ${processor}, ${cores} cores, ${memoryGibibytes} GiB. Node ${node}, PostgreSQL ${postgres}, Redis ${redis}. The load was ${load} when the run began.`

const ratioTable = ({ works }: Comparison): string => {
  const peers = [...new Set(Object.values(works).flatMap(({ ratios }) => Object.keys(ratios)))]
  const head = [
    "work",
    ...peers.flatMap((peer) =>
      peer === "pgbench" ? [`requests, to ${labelOf(peer)}`] : [`requests, to ${labelOf(peer)}`, "processor time"],
    ),
  ]
  return table(
    head,
    Object.entries(works).map(([work, { ratios }]) => [
      work,
      ...peers.flatMap((peer) => {
        const ratio = ratios[peer]
        const requests = ratio === undefined ? "" : spread(ratio.perSecond)
        return peer === "pgbench" ? [requests] : [requests, ratio?.cpu ? spread(ratio.cpu) : ""]
      }),
    ]),
  )
}

const figureRow = (work: string, name: string, figures: Figures): ReadonlyArray<string> => [
  work,
  labelOf(name),
  number(figures.perSecond),
  millis(figures.latency),
  number(figures.cpuMicros),
  number(figures.postgresMicros),
  number(figures.mebibytes),
]

const figureTable = ({ works }: Comparison): string =>
  table(
    ["work", "system", "requests/s", "p50 / p95 / p99, ms", "server, µs", "PostgreSQL, µs", "memory, MiB"],
    Object.entries(works).flatMap(([work, { figures }]) =>
      Object.entries(figures).map(([name, of]) => figureRow(work, name, of)),
    ),
  )

const comparison = (title: string, intro: string, result: Comparison): string =>
  `## ${title}

${intro} ${result.connections} connections, ${number(result.users)} users, ${result.rounds} rounds of ${result.seconds} s. Command: \`${result.command}\`.

${machineLine(result.machine)}

Ratios: the median of the rounds, and the middle half of them in brackets. More requests are better, less processor time is better.

${ratioTable(result)}

Medians of each system. Processor time is that of one request.

${figureTable(result)}
`

const loadRow = (name: string, { errors, loaderShare, mebibytes, overall, perSecond, serverShare }: LoadResult) => [
  name,
  number(perSecond),
  overall.p50.toFixed(1),
  overall.p95.toFixed(1),
  overall.p99.toFixed(1),
  number(errors.reduce((sum, [, count]) => sum + count, 0)),
  `${Math.round(100 * serverShare)} %`,
  `${Math.round(100 * loaderShare)} %`,
  number(mebibytes),
]

const headline = ({ closedLoop, machine, quota, users }: Headline): string =>
  `## Many users at once

${machineLine(machine)}

${table(
  ["load", "requests/s", "p50, ms", "p95, ms", "p99, ms", "errors", "server", "load process", "memory, MiB"],
  [
    loadRow(`${number(users)} users at full quota`, quota),
    loadRow(`${number(users)} connections, closed loop`, closedLoop),
  ],
)}
`

const growthRows = ({ embedded, million, sizes }: Growth): ReadonlyArray<ReadonlyArray<string>> => {
  const columns: ReadonlyArray<Reads> = [
    ...Object.values(sizes),
    ...Object.values(embedded),
    ...(million === null ? [] : [million]),
  ]
  return Object.keys(columns[0] ?? {}).map((read) => [
    read,
    ...columns.map((reads) => {
      const latency = reads[read]
      return latency ? `${latency.p50.toFixed(1)} / ${latency.p95.toFixed(1)}` : ""
    }),
  ])
}

const growth = (result: Growth): string =>
  `## Growth

The tasks of one user, p50 / p95 in ms of ${result.requests} requests by one connection.

${machineLine(result.machine)}

${table(
  [
    "read",
    ...Object.keys(result.sizes).map((size) => number(Number(size))),
    ...Object.keys(result.embedded).map((size) => `${number(Number(size))} embedded`),
    ...(result.million === null ? [] : ["100 of 1,000,000"]),
  ],
  growthRows(result),
)}
`

const memory = (result: Memory): string =>
  `## Memory

${machineLine(result.machine)}

${table(
  ["state", "resident memory"],
  [
    ["idle on PostgreSQL", `${result.idleMebibytes} MiB`],
    [`each of ${number(result.connections)} idle connections`, `${result.connectionKibibytes} KiB`],
    [`each of ${number(result.connections)} open streams`, `${result.streamKibibytes} KiB`],
  ],
)}
`

/** Returns the page of the results. */
export const writeReport = (results: Results): string =>
  [
    `# Results

Written by \`npm run bench\`. [docs/benchmarks.md](../../../docs/benchmarks.md) explains what is measured. Only ratios of one run count:
rates of two runs, or of two machines, cannot be compared.
`,
    results.compare &&
      comparison("Comparison", "Every system answered the same requests with the same bytes before.", results.compare),
    results.others && comparison("Other requests", "The same systems, in a run of their own.", results.others),
    results.redis && comparison("With Redis", "Limits are counted in Redis.", results.redis),
    results.headline && headline(results.headline),
    results.growth && growth(results.growth),
    results.memory && memory(results.memory),
  ]
    .filter((part) => part !== undefined)
    .join("\n")
