/** Runs a process on Redis in tests and captures its log and metrics. */
import { type Context, Effect, Layer, Logger, Metric } from "effect"
import type { RedisConnection } from "../../adapters/redis/connection/RedisConnection.ts"
import type { ProfileTimes } from "../../adapters/redis/RedisProfileCache.ts"
import type { EphemeralStores } from "../../application/Ports.ts"
import { processOn } from "./redis.ts"

export interface WatchedProcess {
  readonly run: <A, E>(effect: Effect.Effect<A, E, EphemeralStores | RedisConnection>) => Effect.Effect<A, E>
  /** The log entries about outages of Redis, by level and message. */
  readonly lines: () => ReadonlyArray<readonly [level: string, message: string]>
  /** The current value of the metric. */
  readonly metric: (name: string) => number | undefined
}

/** Starts the part of a service process that uses Redis, and exposes its log and metrics. It ends with the scope. */
export const startWatchedProcess = (url: string, keyPrefix: string, profileTimes?: ProfileTimes) =>
  Effect.gen(function* () {
    const lines: Array<readonly [string, string]> = []
    const registry: typeof Metric.MetricRegistry.Service = new Map()
    const watch = Layer.mergeAll(
      Logger.layer([Logger.make(({ logLevel, message }) => void lines.push([logLevel, String(message)]))]),
      Layer.succeed(Metric.MetricRegistry, registry),
    )
    const context: Context.Context<EphemeralStores | RedisConnection> = yield* Layer.build(
      processOn(url, keyPrefix, { profileTimes }).pipe(Layer.provideMerge(watch)),
    )
    const process: WatchedProcess = {
      run: Effect.provideContext(context),
      lines: () => lines.filter(([, message]) => !message.startsWith("Connected to Redis")),
      metric: (name) => {
        const found = Metric.snapshotUnsafe(context).find(({ id }) => id === name)?.state as
          | { readonly count?: number; readonly value?: number }
          | undefined
        return found?.count ?? found?.value
      },
    }
    return process
  })
