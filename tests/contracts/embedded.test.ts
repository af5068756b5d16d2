/** Holds the embedded PostgreSQL to the contracts of all repositories. */
import { Effect, Exit, Layer, Scope } from "effect"
import { afterAll } from "vitest"
import * as embedded from "../../adapters/postgres/embedded/EmbeddedPostgres.ts"
import { migrate } from "../../adapters/postgres/migrations/Migrations.ts"
import * as PostgresRepositories from "../../adapters/postgres/PostgresRepositories.ts"
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

// One database for all suites, because its creation takes seconds, and suites ignore each other's users.
const scope = Scope.makeUnsafe()
const repositories = PostgresRepositories.layer.pipe(
  Layer.provide(Layer.effectDiscard(migrate)),
  Layer.provide(embedded.layer({})),
  Layer.buildWithScope(scope),
  Effect.map(Layer.succeedContext),
)
const shared = await Effect.runPromise(repositories)
afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

AccountRepository.suite("embedded", shared)
ApiTokenRepository.suite("embedded", shared)
CategoryRepository.suite("embedded", shared)
ChangeRepository.suite("embedded", shared)
EmailVerificationRepository.suite("embedded", shared)
ExpiredRecords.suite("embedded", shared)
IdempotencyRecords.suite("embedded", shared)
PasswordResetRepository.suite("embedded", shared)
Outbox.suite("embedded", shared)
EmailRequests.suite("embedded", shared)
SessionRepository.suite("embedded", shared)
TaskRepository.suite("embedded", shared)
UnitOfWork.suite("embedded", shared)
