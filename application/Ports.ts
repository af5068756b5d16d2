/** The ports in groups: everything that a composition root must provide. */
import type { AccountRepository } from "./accounts/AccountRepository.ts"
import type { EmailVerificationRepository } from "./accounts/email/EmailVerificationRepository.ts"
import type { ProfileCache } from "./accounts/ProfileCache.ts"
import type { LoginThrottle } from "./accounts/passwords/LoginThrottle.ts"
import type { PasswordHasher } from "./accounts/passwords/PasswordHasher.ts"
import type { PasswordResetRepository } from "./accounts/passwords/PasswordResetRepository.ts"
import type { RevokedSessions } from "./accounts/sessions/RevokedSessions.ts"
import type { SessionRepository } from "./accounts/sessions/SessionRepository.ts"
import type { AccessTokens } from "./accounts/tokens/AccessTokens.ts"
import type { ApiTokenRepository } from "./accounts/tokens/ApiTokenRepository.ts"
import type { ApiTokenSecrets } from "./accounts/tokens/ApiTokenSecrets.ts"
import type { OpaqueTokens } from "./accounts/tokens/OpaqueTokens.ts"
import type { PublicKeys } from "./accounts/tokens/PublicKeys.ts"
import type { RevokedApiTokens } from "./accounts/tokens/RevokedApiTokens.ts"
import type { PlanSeals } from "./batch/PlanSeals.ts"
import type { CategoryRepository } from "./categories/CategoryRepository.ts"
import type { ChangeRepository } from "./changes/ChangeRepository.ts"
import type { ChangeSignal } from "./changes/ChangeSignal.ts"
import type { IdempotencyRecords } from "./changes/IdempotencyRecords.ts"
import type { ExpiredRecords } from "./cleanup/ExpiredRecords.ts"
import type { EmailSender } from "./mail/EmailSender.ts"
import type { EmailRequests } from "./outbox/EmailRequests.ts"
import type { Outbox } from "./outbox/Outbox.ts"
import type { IdGenerator } from "./shared/IdGenerator.ts"
import type { RateLimiter } from "./shared/RateLimiter.ts"
import type { UnitOfWork } from "./shared/UnitOfWork.ts"
import type { TaskRepository } from "./tasks/TaskRepository.ts"

/** The ports that a store implements. */
export type Repositories =
  | AccountRepository
  | ApiTokenRepository
  | CategoryRepository
  | ChangeRepository
  | EmailRequests
  | EmailVerificationRepository
  | ExpiredRecords
  | IdempotencyRecords
  | PasswordResetRepository
  | Outbox
  | SessionRepository
  | TaskRepository
  | UnitOfWork

/** The ports that create ids, tokens and password hashes, and check them. */
export type CryptoServices =
  | AccessTokens
  | ApiTokenSecrets
  | IdGenerator
  | OpaqueTokens
  | PasswordHasher
  | PlanSeals
  | PublicKeys

/**
 * The ports that protect the service against abuse and its store against needless reads. Their state belongs to one
 * process, or is shared by several.
 */
export type EphemeralStores =
  | ChangeSignal
  | RevokedApiTokens
  | RevokedSessions
  | LoginThrottle
  | ProfileCache
  | RateLimiter

/** Every port that the use cases need. A complete set of adapters provides all of them. */
export type Ports = Repositories | CryptoServices | EphemeralStores | EmailSender
