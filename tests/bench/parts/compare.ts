/** The part that compares this service with its peers and with the floor, work by work. */
import { type WorkName, workNames } from "../loader/works.ts"
import { answersOf } from "../support/Answers.ts"
import { hasPgbench, startFloor } from "../support/Floor.ts"
import { describeMachine, type Machine } from "../support/Machine.ts"
import { type Measurement, measureInTurn, type Rounds } from "../support/measure.ts"
import { installPeer, type PeerName } from "../support/Peers.ts"
import { projectCommand } from "../support/ProjectServer.ts"
import { type Contender, makePopulation, type Population, type System, startSystem } from "../support/System.ts"
import { type Latency, latencyOf, median, round, type Spread, spreadOf } from "../support/statistics.ts"

/** The medians of the rounds of one contender. Null if the contender has no such number. */
export interface Figures {
  readonly perSecond: number
  readonly latency: Latency
  readonly cpuMicros: number | null
  readonly postgresMicros: number | null
  readonly mebibytes: number | null
}

/** Ours to a peer's, round by round. */
export interface Ratio {
  readonly perSecond: Spread
  readonly cpu: Spread | null
}

export interface WorkResult {
  readonly figures: Readonly<Record<string, Figures>>
  readonly ratios: Readonly<Record<string, Ratio>>
}

export interface Comparison {
  readonly machine: Machine
  readonly command: string
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  readonly users: number
  readonly works: Readonly<Partial<Record<WorkName, WorkResult>>>
}

export interface CompareOptions extends Rounds {
  readonly connections: number
  readonly users: number
  readonly works: ReadonlyArray<WorkName>
  readonly peers: ReadonlyArray<PeerName>
  /** Whether Redis is used by this service and by its peers. */
  readonly redisUrl?: string | undefined
  readonly withFloor: boolean
}

/** The name of this service in results. */
export const ours = "taskwright"

export const defaults: CompareOptions = {
  rounds: 5,
  seconds: 1,
  warmUpSeconds: 1.5,
  connections: 32,
  users: 128,
  works: workNames,
  peers: ["fastify", "nest"],
  withFloor: true,
}

/** Starts this service, and the peers, with the same records. */
export const startAll = async (
  population: Population,
  { connections, peers, redisUrl }: Pick<CompareOptions, "connections" | "peers" | "redisUrl">,
): Promise<ReadonlyArray<System>> => {
  const systems: Array<System> = []
  const definitions = [
    { name: ours, command: projectCommand() },
    ...peers.map((name) => ({ name, ...installPeer(name) })),
  ]
  for (const definition of definitions) {
    const prefix = `bench-${definition.name}-${process.pid}:`
    const settings = redisUrl === undefined ? {} : { REDIS_URL: redisUrl, REDIS_KEY_PREFIX: prefix }
    systems.push(await startSystem({ ...definition, settings }, population, connections))
  }
  return systems
}

/** Fails unless every system answers the same requests with the same bytes as the first. */
export const expectSameAnswers = async (systems: ReadonlyArray<System>, population: Population): Promise<number> => {
  const [first = [], ...others] = await Promise.all(systems.map((system) => answersOf(system, population)))
  for (const [index, answers] of others.entries()) {
    for (const [place, expected] of first.entries()) {
      const [one, other] = [JSON.stringify(expected), JSON.stringify(answers[place])]
      if (one !== other) throw new Error(`${systems[index + 1]?.name} answers otherwise:\n${one}\n${other}`)
    }
  }
  return first.length
}

/** The processes of pgbench's connections are gone when they would be asked, so 0 is no measurement. */
const finite = (value: number, decimals: number): number | null =>
  Number.isFinite(value) && value > 0 ? round(value, decimals) : null

const figuresOf = (measured: ReadonlyArray<Measurement>): Figures => {
  const of = (name: "perSecond" | "cpuMicros" | "postgresMicros" | "mebibytes") =>
    finite(median(measured.map((each) => each[name])), 0)
  return {
    perSecond: of("perSecond") ?? 0,
    latency: latencyOf(measured.flatMap(({ latencies }) => [...latencies])),
    cpuMicros: of("cpuMicros"),
    postgresMicros: of("postgresMicros"),
    mebibytes: of("mebibytes"),
  }
}

const roundSpread = ({ high, low, median }: Spread): Spread => ({
  median: round(median, 3),
  low: round(low, 3),
  high: round(high, 3),
})

const ratioOf = (mine: ReadonlyArray<Measurement>, theirs: ReadonlyArray<Measurement>): Ratio => {
  const of = (name: "perSecond" | "cpuMicros") =>
    spreadOf(mine.map((each, round) => each[name] / (theirs[round]?.[name] ?? Number.NaN)))
  const cpu = of("cpuMicros")
  return { perSecond: roundSpread(of("perSecond")), cpu: Number.isFinite(cpu.median) ? roundSpread(cpu) : null }
}

/** Measures one work of all contenders, of which the first is this service. */
export const compareWork = async (
  contenders: ReadonlyArray<Contender>,
  work: WorkName,
  rounds: Rounds,
): Promise<WorkResult> => {
  const all = [...(await measureInTurn(contenders, work, rounds))]
  const mine = all[0]?.[1] ?? []
  return {
    figures: Object.fromEntries(all.map(([{ name }, measured]) => [name, figuresOf(measured)])),
    ratios: Object.fromEntries(all.slice(1).map(([{ name }, theirs]) => [name, ratioOf(mine, theirs)])),
  }
}

/** Starts everything, compares the answers, measures, and stops everything. `report` is told of each finished work. */
export const compare = async (
  options: CompareOptions,
  report: (work: WorkName, result: WorkResult) => void,
): Promise<Comparison> => {
  const machine = describeMachine()
  const population = await makePopulation(options.users)
  const contenders: Array<Contender> = []
  try {
    const systems = await startAll(population, options)
    contenders.push(...systems)
    await expectSameAnswers(systems, population)
    if (options.withFloor && hasPgbench()) contenders.push(await startFloor(population))
    const works: Partial<Record<WorkName, WorkResult>> = {}
    for (const work of options.works) {
      const result = await compareWork(contenders, work, options)
      works[work] = result
      report(work, result)
    }
    const { connections, rounds, seconds, users } = options
    const command = ["node", ...projectCommand()].map((arg) => arg.replace(/^.*\/(bootstrap\/)/, "$1")).join(" ")
    return { machine, command, rounds, seconds, connections, users, works }
  } finally {
    for (const { stop } of contenders) await stop()
  }
}
