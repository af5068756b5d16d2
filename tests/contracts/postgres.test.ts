/** Holds the repositories on a PostgreSQL server to their contracts. */
import { describeOnPostgres, freshRepositories } from "../support/postgres.ts"
import * as AccountRepository from "./AccountRepository.contract.ts"
import * as ApiTokenRepository from "./ApiTokenRepository.contract.ts"
import * as CategoryRepository from "./CategoryRepository.contract.ts"
import * as ChangeRepository from "./ChangeRepository.contract.ts"
import * as EmailRequests from "./EmailRequests.contract.ts"
import * as EmailVerificationRepository from "./EmailVerificationRepository.contract.ts"
import * as ExpiredRecords from "./ExpiredRecords.contract.ts"
import * as IdempotencyRecords from "./IdempotencyRecords.contract.ts"
import * as Outbox from "./Outbox.contract.ts"
import * as PasswordResetRepository from "./PasswordResetRepository.contract.ts"
import * as SessionRepository from "./SessionRepository.contract.ts"
import * as TaskRepository from "./TaskRepository.contract.ts"
import * as UnitOfWork from "./UnitOfWork.contract.ts"

describeOnPostgres("on a PostgreSQL server", () => {
  AccountRepository.suite("PostgreSQL", freshRepositories())
  ApiTokenRepository.suite("PostgreSQL", freshRepositories())
  CategoryRepository.suite("PostgreSQL", freshRepositories())
  ChangeRepository.suite("PostgreSQL", freshRepositories())
  EmailVerificationRepository.suite("PostgreSQL", freshRepositories())
  ExpiredRecords.suite("PostgreSQL", freshRepositories())
  IdempotencyRecords.suite("PostgreSQL", freshRepositories())
  PasswordResetRepository.suite("PostgreSQL", freshRepositories())
  Outbox.suite("PostgreSQL", freshRepositories())
  EmailRequests.suite("PostgreSQL", freshRepositories())
  EmailRequests.concurrentSuite("PostgreSQL", freshRepositories())
  SessionRepository.suite("PostgreSQL", freshRepositories())
  TaskRepository.suite("PostgreSQL", freshRepositories())
  UnitOfWork.suite("PostgreSQL", freshRepositories())
})
