/**
 * The public edge of the memory adapters: `MemoryRepositories`, `MemorySharedState` and `MemoryEmailSender` cover every
 * port.
 */
export * as MemoryAccountRepository from "./MemoryAccountRepository.ts"
export * as MemoryCategoryRepository from "./MemoryCategoryRepository.ts"
export * as MemoryEmailRequests from "./MemoryEmailRequests.ts"
export * as MemoryEmailSender from "./MemoryEmailSender.ts"
export * as MemoryEmailVerificationRepository from "./MemoryEmailVerificationRepository.ts"
export * as MemoryExpiredRecords from "./MemoryExpiredRecords.ts"
export * as MemoryOutbox from "./MemoryOutbox.ts"
export * as MemoryPasswordResetRepository from "./MemoryPasswordResetRepository.ts"
export * as MemoryRepositories from "./MemoryRepositories.ts"
export * as MemorySessionRepository from "./MemorySessionRepository.ts"
export * as MemoryStore from "./MemoryStore.ts"
export * as MemoryTaskRepository from "./MemoryTaskRepository.ts"
export * as MemoryUnitOfWork from "./MemoryUnitOfWork.ts"
export * as MemoryLoginThrottle from "./state/MemoryLoginThrottle.ts"
export * as MemoryProfileCache from "./state/MemoryProfileCache.ts"
export * as MemoryRateLimiter from "./state/MemoryRateLimiter.ts"
export * as MemoryRevokedSessions from "./state/MemoryRevokedSessions.ts"
export * as MemorySharedState from "./state/MemorySharedState.ts"
export * as NoProfileCache from "./state/NoProfileCache.ts"
