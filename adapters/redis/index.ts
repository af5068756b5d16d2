/** The public edge of the guards that processes share: `RedisGuards` is all of them. Needs ioredis. */
export * as RedisConnection from "./RedisConnection.ts"
export * as RedisEndedSessions from "./RedisEndedSessions.ts"
export * as RedisGuards from "./RedisGuards.ts"
export * as RedisLoginThrottle from "./RedisLoginThrottle.ts"
export * as RedisProfileCache from "./RedisProfileCache.ts"
export * as RedisRateLimiter from "./RedisRateLimiter.ts"
export * as RedisUrl from "./RedisUrl.ts"
