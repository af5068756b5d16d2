/** The state that processes share in Redis, over the memory of this process. */
import { Layer, type Redacted } from "effect"
import * as MemorySharedState from "../adapters/memory/state/MemorySharedState.ts"
import { layer as redisConnection } from "../adapters/redis/connection/RedisConnection.ts"
import * as TracedRedisConnection from "../adapters/redis/connection/TracedRedisConnection.ts"
import * as RedisSharedState from "../adapters/redis/RedisSharedState.ts"
import type { Settings } from "./settings/Settings.ts"

export const redisStores = ({ redisKeyPrefix, tracing }: Settings, url: Redacted.Redacted) => {
  const connection = redisConnection({ url, keyPrefix: redisKeyPrefix })
  return RedisSharedState.layer.pipe(
    Layer.provide(MemorySharedState.layer),
    Layer.provideMerge(tracing === null ? connection : Layer.provide(TracedRedisConnection.layer, connection)),
  )
}
