/** Measures contenders: requests a second, processor time, memory and latencies. */
import { changing, type WorkName } from "../loader/works.ts"
import type { Contender } from "./System.ts"

export interface Measurement {
  readonly perSecond: number
  /** The server's processor time for a request. */
  readonly cpuMicros: number
  /** That of PostgreSQL. */
  readonly postgresMicros: number
  /** The server's resident memory at the end, in MiB. */
  readonly mebibytes: number
  /** In milliseconds, in no order. */
  readonly latencies: Float64Array
}

/** The part of a round that warms up what the reset of the database made cold. */
const warmUpShare = 0.2

/** Takes the database back to its start if the work changes it, and sends requests for that many seconds. */
export const measure = async (contender: Contender, work: WorkName, seconds: number): Promise<Measurement> => {
  const { cpuMillis, database, run } = contender
  if (changing.has(work)) await contender.reset()
  await run(work, seconds * warmUpShare)
  const postgresBefore = await database.cpuMillis()
  const cpuBefore = cpuMillis()
  const { latencies, seconds: taken } = await run(work, seconds)
  const cpu = cpuMillis() - cpuBefore
  const postgres = (await database.cpuMillis()) - postgresBefore
  return {
    perSecond: latencies.length / taken,
    cpuMicros: (1000 * cpu) / latencies.length,
    postgresMicros: (1000 * postgres) / latencies.length,
    mebibytes: contender.residentMebibytes(),
    latencies,
  }
}

export interface Rounds {
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
}

/**
 * Measures the contenders in turn, round after round. The order alternates, so that each has the same conditions.
 * Returns the measurements of each contender, one a round.
 */
export const measureInTurn = async <C extends Contender>(
  contenders: ReadonlyArray<C>,
  work: WorkName,
  { rounds, seconds, warmUpSeconds }: Rounds,
): Promise<ReadonlyMap<C, ReadonlyArray<Measurement>>> => {
  const able = contenders.filter(({ can }) => can(work))
  for (const contender of able) await measure(contender, work, warmUpSeconds)
  const measured = new Map(able.map((contender) => [contender, [] as Array<Measurement>] as const))
  for (let round = 0; round < rounds; round++) {
    for (const contender of round % 2 === 0 ? able : able.toReversed()) {
      measured.get(contender)?.push(await measure(contender, work, seconds))
    }
  }
  return measured
}
