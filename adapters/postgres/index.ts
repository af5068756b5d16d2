/**
 * The public edge of the SQL store: `PostgresRepositories` covers every repository. It runs on a `PostgresClient`, or
 * on the embedded database, which is a separate edge. Needs @effect/sql-pg.
 */
export * as DatabaseClock from "./client/DatabaseClock.ts"
export * as PostgresClient from "./client/PostgresClient.ts"
export * as Migrations from "./migrations/Migrations.ts"
export * as PostgresAccountRepository from "./PostgresAccountRepository.ts"
export * as PostgresApiTokenRepository from "./PostgresApiTokenRepository.ts"
export * as PostgresBackupStore from "./PostgresBackupStore.ts"
export * as PostgresCategoryRepository from "./PostgresCategoryRepository.ts"
export * as PostgresEmailRequests from "./PostgresEmailRequests.ts"
export * as PostgresEmailVerificationRepository from "./PostgresEmailVerificationRepository.ts"
export * as PostgresExpiredRecords from "./PostgresExpiredRecords.ts"
export * as PostgresOutbox from "./PostgresOutbox.ts"
export * as PostgresPasswordResetRepository from "./PostgresPasswordResetRepository.ts"
export * as PostgresRepositories from "./PostgresRepositories.ts"
export * as PostgresSessionRepository from "./PostgresSessionRepository.ts"
export * as PostgresTaskRepository from "./PostgresTaskRepository.ts"
export * as PostgresUnitOfWork from "./PostgresUnitOfWork.ts"
