/** Collects the PostgreSQL adapters of all repositories into one layer. */
import { Layer } from "effect"
import * as PostgresAccountRepository from "./PostgresAccountRepository.ts"
import * as PostgresCategoryRepository from "./PostgresCategoryRepository.ts"
import * as PostgresEmailRequests from "./PostgresEmailRequests.ts"
import * as PostgresEmailVerificationRepository from "./PostgresEmailVerificationRepository.ts"
import * as PostgresExpiredRecords from "./PostgresExpiredRecords.ts"
import * as PostgresOutbox from "./PostgresOutbox.ts"
import * as PostgresPasswordResetRepository from "./PostgresPasswordResetRepository.ts"
import * as PostgresSessionRepository from "./PostgresSessionRepository.ts"
import * as PostgresTaskRepository from "./PostgresTaskRepository.ts"
import * as PostgresUnitOfWork from "./PostgresUnitOfWork.ts"

/** The complete store on one client. Its database must have the schema of `Migrations`. */
export const layer = Layer.mergeAll(
  PostgresAccountRepository.layer,
  Layer.provide(PostgresCategoryRepository.layer, PostgresUnitOfWork.layer),
  PostgresEmailRequests.layer,
  PostgresEmailVerificationRepository.layer,
  PostgresExpiredRecords.layer,
  PostgresPasswordResetRepository.layer,
  PostgresOutbox.layer,
  PostgresSessionRepository.layer,
  PostgresTaskRepository.layer,
  PostgresUnitOfWork.layer,
)
