import type { AccountRepository } from "./accounts/AccountRepository.ts"
import type { EmailVerificationRepository } from "./accounts/email/EmailVerificationRepository.ts"
import type { ProfileCache } from "./accounts/ProfileCache.ts"
import type { LoginThrottle } from "./accounts/passwords/LoginThrottle.ts"
import type { PasswordHasher } from "./accounts/passwords/PasswordHasher.ts"
import type { PasswordResetRepository } from "./accounts/passwords/PasswordResetRepository.ts"
import type { RevokedSessions } from "./accounts/sessions/RevokedSessions.ts"
import type { SessionRepository } from "./accounts/sessions/SessionRepository.ts"
import type { AccessTokens } from "./accounts/tokens/AccessTokens.ts"
import type { OpaqueTokens } from "./accounts/tokens/OpaqueTokens.ts"
import type { PublicKeys } from "./accounts/tokens/PublicKeys.ts"
import type { CategoryRepository } from "./categories/CategoryRepository.ts"
import type { ExpiredRecords } from "./cleanup/ExpiredRecords.ts"
import type { EmailSender } from "./mail/EmailSender.ts"
import type { EmailRequests } from "./outbox/EmailRequests.ts"
import type { Outbox } from "./outbox/Outbox.ts"
import type { IdGenerator } from "./shared/IdGenerator.ts"
import type { RateLimiter } from "./shared/RateLimiter.ts"
import type { UnitOfWork } from "./shared/UnitOfWork.ts"
import type { TaskRepository } from "./tasks/TaskRepository.ts"

/** What a store has to offer. */
export type Repositories =
  | AccountRepository
  | CategoryRepository
  | EmailRequests
  | EmailVerificationRepository
  | ExpiredRecords
  | PasswordResetRepository
  | Outbox
  | SessionRepository
  | TaskRepository
  | UnitOfWork

/** What the secrets of accounts are made with. */
export type CryptoServices = AccessTokens | IdGenerator | OpaqueTokens | PasswordHasher | PublicKeys

/** What guards the service against abuse and its store against needless reads, within one process or across several. */
export type EphemeralStores = RevokedSessions | LoginThrottle | ProfileCache | RateLimiter

/** Everything that the use cases need from outside: a complete set of adapters provides it. */
export type Ports = Repositories | CryptoServices | EphemeralStores | EmailSender
