/** Holds the PostgreSQL repositories behind PgBouncer to their contracts. */
import { describeOnPgBouncer, repositoriesOnPgBouncer } from "../support/PgBouncer.ts"
import * as AccountRepository from "./AccountRepository.contract.ts"
import * as CategoryRepository from "./CategoryRepository.contract.ts"
import * as ChangeRepository from "./ChangeRepository.contract.ts"
import * as EmailVerificationRepository from "./EmailVerificationRepository.contract.ts"
import * as ExpiredRecords from "./ExpiredRecords.contract.ts"
import * as IdempotencyRecords from "./IdempotencyRecords.contract.ts"
import * as Outbox from "./Outbox.contract.ts"
import * as PasswordResetRepository from "./PasswordResetRepository.contract.ts"
import * as SessionRepository from "./SessionRepository.contract.ts"
import * as TaskRepository from "./TaskRepository.contract.ts"
import * as UnitOfWork from "./UnitOfWork.contract.ts"

describeOnPgBouncer("on a PostgreSQL server behind PgBouncer", () => {
  AccountRepository.suite("PgBouncer", repositoriesOnPgBouncer())
  CategoryRepository.suite("PgBouncer", repositoriesOnPgBouncer())
  ChangeRepository.suite("PgBouncer", repositoriesOnPgBouncer())
  EmailVerificationRepository.suite("PgBouncer", repositoriesOnPgBouncer())
  ExpiredRecords.suite("PgBouncer", repositoriesOnPgBouncer())
  IdempotencyRecords.suite("PgBouncer", repositoriesOnPgBouncer())
  PasswordResetRepository.suite("PgBouncer", repositoriesOnPgBouncer())
  Outbox.suite("PgBouncer", repositoriesOnPgBouncer())
  SessionRepository.suite("PgBouncer", repositoriesOnPgBouncer())
  TaskRepository.suite("PgBouncer", repositoriesOnPgBouncer())
  UnitOfWork.suite("PgBouncer", repositoriesOnPgBouncer())
})
