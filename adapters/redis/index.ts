/**
 * The public edge of the stores that processes share through Redis: `RedisGuards` combines all of them. Needs ioredis.
 */
export * as RedisConnection from "./connection/RedisConnection.ts"
export * as RedisUrl from "./connection/RedisUrl.ts"
export * as RedisLoginThrottle from "./RedisLoginThrottle.ts"
export * as RedisProfileCache from "./RedisProfileCache.ts"
export * as RedisRateLimiter from "./RedisRateLimiter.ts"
export * as RedisEndedSessions from "./RedisRevokedSessions.ts"
export * as RedisGuards from "./RedisSharedState.ts"
