/** Every write of every repository, for the suite of `UnitOfWork`. */
import type { Repositories } from "../../../application/Ports.ts"
import type { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import {
  accountRepository,
  emailVerificationRepository,
  passwordResetRepository,
  sessionRepository,
} from "./accountWrites.ts"
import { apiTokenRepository } from "./apiTokenWrites.ts"
import { changeRepository, idempotencyRecords } from "./changeWrites.ts"
import { emailRequests, outboxMethods } from "./emailWrites.ts"
import type { Methods, Prepare } from "./PreparedWrite.ts"
import { categoryRepository, expiredRecords, taskRepository } from "./taskWrites.ts"

/**
 * Every method of every repository, by the keys of the ports: a read, or a write with its preparation. A method without
 * an entry does not compile.
 */
export const repositoryMethods: {
  readonly [Each in Exclude<Repositories, UnitOfWork> as Each["key"]]: Methods<Each["Service"]>
} = {
  "taskwright/AccountRepository": accountRepository,
  "taskwright/ApiTokenRepository": apiTokenRepository,
  "taskwright/CategoryRepository": categoryRepository,
  "taskwright/ChangeRepository": changeRepository,
  "taskwright/EmailRequests": emailRequests,
  "taskwright/EmailVerificationRepository": emailVerificationRepository,
  "taskwright/ExpiredRecords": expiredRecords,
  "taskwright/IdempotencyRecords": idempotencyRecords,
  "taskwright/Outbox": outboxMethods,
  "taskwright/PasswordResetRepository": passwordResetRepository,
  "taskwright/SessionRepository": sessionRepository,
  "taskwright/TaskRepository": taskRepository,
}

/** The writes among them, with their names. */
export const repositoryWrites = Object.entries(repositoryMethods).flatMap(([key, methods]) =>
  Object.entries<Prepare | "read">(methods).flatMap(([method, prepare]) =>
    prepare === "read" ? [] : [{ name: `${key.replace("taskwright/", "")}.${method}`, prepare }],
  ),
)
