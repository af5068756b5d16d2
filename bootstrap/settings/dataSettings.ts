/** The settings of the stored data: the folder, PostgreSQL and Redis. */
import { availableParallelism } from "node:os"
import { resolve } from "node:path"
import { Config, Option, Redacted, Result, Schema } from "effect"
import * as PostgresUrl from "../../adapters/postgres/client/PostgresUrl.ts"
import * as RedisUrl from "../../adapters/redis/connection/RedisUrl.ts"
import { WORKERS } from "./networkSettings.ts"
import { absent, setting } from "./Setting.ts"
import { decodedBy, durationMillis, matching, oneOf, wholeNumber } from "./SettingSchemas.ts"

const group = "Data"

/** In place of a folder or a URL: data that ends with the process. */
export const inMemory = "memory:"

/**
 * Statements of many requests share a connection and are pipelined, so a few connections serve thousands of requests a
 * second. More connections only make the server switch between them. The number is one a processor of this process, one
 * for a unit of work, and one that statements on a locked table leave free.
 */
const defaultPoolSize = (workers: number): number =>
  Math.min(Math.max(Math.ceil(availableParallelism() / workers) + 2, 4), 10)

const SecretText = Schema.toType(Schema.Redacted(Schema.String))

const databaseUrl = (text: string): Result.Result<Redacted.Redacted<string>, string> => {
  if (text === inMemory) return Result.succeed(Redacted.make(text))
  return Result.mapBoth(PostgresUrl.parse(text), {
    onSuccess: () => Redacted.make(text),
    onFailure: ({ reason }) => (reason.startsWith("takes a URL") ? `${reason}, or ${inMemory}` : reason),
  })
}

const redisUrl = (text: string): Result.Result<Redacted.Redacted<string>, null> =>
  Option.isSome(RedisUrl.parse(text)) ? Result.succeed(Redacted.make(text)) : Result.fail(null)

const describeRedis = (url: Redacted.Redacted<string>): string =>
  Option.match(RedisUrl.parse(Redacted.value(url)), { onNone: () => "", onSome: RedisUrl.describe })

const DELETED_TASK_RETENTION = setting("DELETED_TASK_RETENTION", {
  group,
  description: "The time after which a deleted task is removed for good.",
  schema: durationMillis("1 day", "3650 days"),
  default: "30 days",
})

const ninetyDaysMillis = 90 * 24 * 60 * 60 * 1000

export const dataSettings = {
  DATA_DIR: setting("DATA_DIR", {
    group,
    description: "The folder of the embedded database, the signing key and the emails.",
    schema: matching(`a folder, or ${inMemory} to keep nothing`, /^[^\0]{1,1024}$/),
    default: ".data",
    describe: (folder) => (folder === inMemory ? folder : resolve(folder)),
  }),
  DATABASE_URL: setting("DATABASE_URL", {
    group,
    description: "The PostgreSQL server that stores the data.",
    schema: decodedBy(
      SecretText,
      `a URL like postgres://user:password@host:5432/database, or ${inMemory}`,
      databaseUrl,
    ),
    default: absent("the embedded database in DATA_DIR"),
    isSecret: true,
    describe: (url) => PostgresUrl.describe(Redacted.value(url)),
  }),
  DATABASE_POOL_SIZE: setting("DATABASE_POOL_SIZE", {
    group,
    description: "The maximum number of connections of each process to the PostgreSQL server.",
    schema: wholeNumber(1, 200),
    default: {
      described: "the number of processors, divided by WORKERS, and 2 more, from 4 to 10",
      value: Config.map(WORKERS, defaultPoolSize),
    },
  }),
  DATABASE_POOLER: setting("DATABASE_POOLER", {
    group,
    description: "With transaction, a pooler in front of the server assigns its connections to each transaction anew.",
    schema: oneOf("none", "transaction"),
    default: "none",
  }),
  DELETED_TASK_RETENTION,
  CHANGE_RETENTION: setting("CHANGE_RETENTION", {
    group,
    description: "The time after which a change leaves the history, not shorter than DELETED_TASK_RETENTION.",
    schema: durationMillis("1 day", "3650 days"),
    default: {
      described: "90 days, or DELETED_TASK_RETENTION if that is longer",
      value: Config.map(DELETED_TASK_RETENTION, (millis) => Math.max(ninetyDaysMillis, millis)),
    },
  }),
  IDEMPOTENCY_RETENTION: setting("IDEMPOTENCY_RETENTION", {
    group,
    description: "The time in which a repeated request with the same Idempotency-Key gets the response to the first.",
    schema: durationMillis("1 minute", "30 days"),
    default: "24 hours",
  }),
  REDIS_URL: setting("REDIS_URL", {
    group,
    description: "The Redis in which processes share limits, lockouts and caches.",
    schema: decodedBy(
      SecretText,
      "redis://user:password@host:6379/0, redis+sentinel://host1:26379,host2:26379/mymaster or redis+cluster://host1:6379,host2:6379, or the same with rediss",
      redisUrl,
    ),
    default: absent("none: each process has its own"),
    isSecret: true,
    describe: describeRedis,
  }),
  REDIS_KEY_PREFIX: setting("REDIS_KEY_PREFIX", {
    group,
    description: "The prefix of every key and channel in Redis.",
    schema: matching("1 to 64 letters, digits and any of _ - . : /", /^[\w.:/-]{1,64}$/),
    default: "taskwright:",
  }),
}
