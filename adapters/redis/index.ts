/**
 * The public edge of the stores that processes share through Redis: `RedisSharedState` combines all of them. Needs ioredis.
 */
export * as RedisConnection from "./connection/RedisConnection.ts"
export * as RedisUrl from "./connection/RedisUrl.ts"
export * as RedisChangeSignal from "./RedisChangeSignal.ts"
export * as RedisLoginThrottle from "./RedisLoginThrottle.ts"
export * as RedisProfileCache from "./RedisProfileCache.ts"
export * as RedisRateLimiter from "./RedisRateLimiter.ts"
export * as RedisRevokedApiTokens from "./RedisRevokedApiTokens.ts"
export * as RedisRevokedSessions from "./RedisRevokedSessions.ts"
export * as RedisSharedState from "./RedisSharedState.ts"
