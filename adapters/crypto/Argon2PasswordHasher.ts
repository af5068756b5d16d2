/** Hashes and verifies passwords with Argon2id. */
import { randomBytes } from "node:crypto"
import { availableParallelism } from "node:os"
import { Effect, Layer } from "effect"
import type { HashingTurn } from "../../application/accounts/passwords/HashingTurn.ts"
import { PasswordHasher } from "../../application/accounts/passwords/PasswordHasher.ts"
import type { PasswordHash } from "../../domain/accounts/Password.ts"
import { makeHashingThreads } from "./HashingThreads.ts"

/** OWASP's minimum for Argon2id. */
const defaultCost: Argon2Cost = { memoryKibibytes: 19 * 1024, passes: 2 }
const lanes = 1
const version = 0x13

const phcPattern =
  /^\$(argon2(?:id|i|d))(?:\$v=(\d{1,3}))?\$((?:[a-z]+=\d{1,10})(?:,[a-z]+=\d{1,10})*)(?:\$[A-Za-z0-9+/]+){2}$/

/**
 * Returns the parameters in a PHC string. Throws for any other text, because the store contains only hashes that this
 * module wrote.
 */
const parametersOf = (passwordHash: PasswordHash) => {
  const [, algorithm, version = "16", list = ""] = phcPattern.exec(passwordHash) ?? []
  const parameters = new Map(list.split(",").map((pair) => pair.split("=", 2) as [string, string]))
  const [memory, time, parallelism] = ["m", "t", "p"].map((name) => Number(parameters.get(name)))
  if (algorithm === undefined || !memory || !time || !parallelism)
    throw new Error("a stored password hash is malformed")
  return { algorithm, version: Number(version), memory, time }
}

const isWeak = (passwordHash: PasswordHash, cost: Argon2Cost): boolean => {
  const parameters = parametersOf(passwordHash)
  return (
    parameters.algorithm !== "argon2id" ||
    parameters.version < version ||
    parameters.memory < cost.memoryKibibytes ||
    parameters.time < cost.passes
  )
}

type Argon2 = typeof import("argon2")

const hashPassword = async (argon2: Argon2, cost: Argon2Cost, password: string | Buffer): Promise<PasswordHash> => {
  const text = await argon2.hash(password, {
    type: argon2.argon2id,
    version,
    memoryCost: cost.memoryKibibytes,
    timeCost: cost.passes,
    parallelism: lanes,
  })
  // The library orders the parameters by name; other implementations accept only the order of Argon2's own encoder.
  return text.replace(/(m=\d+),(p=\d+),(t=\d+)/, "$1,$3,$2") as PasswordHash
}

/** Loads the library, and creates the hash that an unknown user's password is compared with. */
const prepare = async (cost: Argon2Cost) => {
  const argon2 = await import("argon2")
  return { argon2, dummyHash: await hashPassword(argon2, cost, randomBytes(32)) }
}

/** What a hash costs, and so each guess at a stolen one. */
export interface Argon2Cost {
  readonly memoryKibibytes: number
  readonly passes: number
}

export interface Argon2PasswordHasherOptions {
  /**
   * The number of concurrent hashes, each in a thread of its own. Default: the number of processors minus one, at least
   * 1 and at most 4. This leaves one processor to other work.
   */
  readonly concurrency?: number | undefined
  /** The number of hashes that may wait; over that, hashing dies with `Unavailable`. Default: 256. */
  readonly maximumWaiting?: number | undefined
  /** A stored hash of lower cost is weak. Default: 19 MiB and 2 passes. A lower cost is for tests. */
  readonly cost?: Argon2Cost | undefined
}

/** Returns the default for a machine with that many processors. */
export const defaultConcurrency = (processors: number): number => Math.min(Math.max(processors - 1, 1), 4)

/** On one processor they wait for about 6 seconds, which is less than the timeout of a request. */
const defaultMaximumWaiting = 256

/**
 * Argon2id with 1 lane, in the thread pool of libuv. The first call loads the library, because
 * most commands hash nothing; a service makes that call before it serves.
 */
export const layer = (options: Argon2PasswordHasherOptions = {}): Layer.Layer<PasswordHasher> =>
  Layer.effect(
    PasswordHasher,
    Effect.sync(() => {
      const run = makeHashingThreads({
        concurrency: options.concurrency ?? defaultConcurrency(availableParallelism()),
        maximumWaiting: options.maximumWaiting ?? defaultMaximumWaiting,
      })
      const cost = options.cost ?? defaultCost
      let preparation: ReturnType<typeof prepare> | undefined
      const prepareOnce = () => {
        preparation ??= prepare(cost)
        return preparation
      }

      const runInThread = <A>(
        turn: HashingTurn,
        compute: (tools: Awaited<ReturnType<typeof prepare>>) => Promise<A>,
      ): Effect.Effect<A> => run(turn, async () => compute(await prepareOnce()))

      return PasswordHasher.of({
        hash: (password, turn) => runInThread(turn, ({ argon2 }) => hashPassword(argon2, cost, password)),
        verify: (password, passwordHash, turn) =>
          runInThread(turn, async ({ argon2, dummyHash }) => {
            if (passwordHash !== null) parametersOf(passwordHash)
            return (await argon2.verify(passwordHash ?? dummyHash, password)) && passwordHash !== null
          }),
        isWeak: (passwordHash) => isWeak(passwordHash, cost),
      })
    }),
  )
