/** Collects the PostgreSQL adapters of all repositories into one layer. */
import { Layer } from "effect"
import * as PostgresAccountRepository from "./PostgresAccountRepository.ts"
import * as PostgresApiTokenRepository from "./PostgresApiTokenRepository.ts"
import * as PostgresCategoryRepository from "./PostgresCategoryRepository.ts"
import * as PostgresChangeRepository from "./PostgresChangeRepository.ts"
import * as PostgresEmailRequests from "./PostgresEmailRequests.ts"
import * as PostgresEmailVerificationRepository from "./PostgresEmailVerificationRepository.ts"
import * as PostgresExpiredRecords from "./PostgresExpiredRecords.ts"
import * as PostgresIdempotencyRecords from "./PostgresIdempotencyRecords.ts"
import * as PostgresOutbox from "./PostgresOutbox.ts"
import * as PostgresPasswordResetRepository from "./PostgresPasswordResetRepository.ts"
import * as PostgresSessionRepository from "./PostgresSessionRepository.ts"
import * as PostgresTaskRepository from "./PostgresTaskRepository.ts"
import * as PostgresUnitOfWork from "./PostgresUnitOfWork.ts"

/** The complete store on one client. Its database must have the schema of `Migrations`. */
export const layer = Layer.mergeAll(
  Layer.provide(PostgresAccountRepository.layer, PostgresUnitOfWork.layer),
  PostgresApiTokenRepository.layer,
  Layer.provide(PostgresCategoryRepository.layer, PostgresUnitOfWork.layer),
  PostgresChangeRepository.layer,
  PostgresEmailRequests.layer,
  PostgresEmailVerificationRepository.layer,
  PostgresExpiredRecords.layer,
  PostgresIdempotencyRecords.layer,
  PostgresPasswordResetRepository.layer,
  PostgresOutbox.layer,
  PostgresSessionRepository.layer,
  Layer.provide(PostgresTaskRepository.layer, PostgresUnitOfWork.layer),
  PostgresUnitOfWork.layer,
)
