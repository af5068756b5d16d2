/**
 * Runs the benchmarks and writes their results: `npm run bench`. `docs/benchmarks.md` explains them.
 *
 *     npm run bench -- [compare] [others] [redis] [headline] [growth] [memory] [--rounds 5] [--seconds 1] [--works list,get]
 *         [--million] [--print]
 *
 * Without names it runs all parts. PostgreSQL and Redis are those of TEST_DATABASE_URL and TEST_REDIS_URL, or those on the
 * standard local ports. Each part makes databases of its own and drops them. `--works` and `--print` write no files.
 */
import { parseArgs } from "node:util"
import { type WorkName, workNames } from "./loader/works.ts"
import { type CompareOptions, type Comparison, compare, defaults, ours, type WorkResult } from "./parts/compare.ts"
import { defaults as growthDefaults, measureGrowth } from "./parts/growth.ts"
import { defaults as headlineDefaults, measureHeadline } from "./parts/headline.ts"
import { measureMemory, defaults as memoryDefaults } from "./parts/memory.ts"
import { type PartName, partNames, type Results, render, writePart } from "./report/results.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string" },
    seconds: { type: "string" },
    works: { type: "string" },
    million: { type: "boolean", default: false },
    print: { type: "boolean", default: false },
  },
})
const rounds = Number(values.rounds ?? defaults.rounds)
const seconds = Number(values.seconds ?? defaults.seconds)
const redisUrl = process.env["TEST_REDIS_URL"] ?? "redis://127.0.0.1:6379"

const worksOf = (usual: ReadonlyArray<WorkName>): ReadonlyArray<WorkName> =>
  values.works === undefined ? usual : workNames.filter((name) => values.works?.split(",").includes(name))

const print = (work: WorkName, { figures, ratios }: WorkResult): void => {
  console.log(work)
  console.table(
    Object.fromEntries(
      Object.entries(figures).map(([name, { cpuMicros, latency, mebibytes, perSecond, postgresMicros }]) => [
        name,
        {
          "requests/s": perSecond,
          "p50 ms": latency.p50,
          "p95 ms": latency.p95,
          "p99 ms": latency.p99,
          "server µs": cpuMicros,
          "PostgreSQL µs": postgresMicros,
          MiB: mebibytes,
          [`${ours}, requests`]: ratios[name]?.perSecond.median,
          [`${ours}, processor`]: ratios[name]?.cpu?.median,
        },
      ]),
    ),
  )
}

const compareWorks = (usual: ReadonlyArray<WorkName>, options: Partial<CompareOptions>): Promise<Comparison> =>
  compare({ ...defaults, rounds, seconds, ...options, works: worksOf(usual) }, print)

const runners: { readonly [P in PartName]: () => Promise<Results[P]> } = {
  compare: () => compareWorks(["list", "relist", "get", "create", "update", "mixed"], { withFloor: true }),
  others: () => compareWorks(["delete", "batch", "changes", "login"], { withFloor: false }),
  redis: () => compareWorks(["list", "get", "update", "mixed"], { redisUrl, peers: ["fastify"], withFloor: false }),
  headline: () => measureHeadline(headlineDefaults),
  growth: () => measureGrowth({ ...growthDefaults, million: values.million }),
  memory: () => measureMemory(memoryDefaults),
}

const wanted = positionals.length === 0 ? partNames : partNames.filter((name) => positionals.includes(name))
if (wanted.length === 0) throw new Error(`there is no part ${positionals.join(", ")}: ${partNames.join(", ")}`)
const isWritten = !values.print && values.works === undefined
for (const part of wanted) {
  const result = await runners[part]()
  if (isWritten) writePart(part, result)
  else console.log(JSON.stringify(result, null, 2))
}
if (isWritten) render()
