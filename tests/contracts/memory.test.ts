/** Holds the memory adapters to the contracts of all their ports. */
import { Effect, Layer } from "effect"
import * as MemoryEmailSender from "../../adapters/memory/MemoryEmailSender.ts"
import * as MemoryRepositories from "../../adapters/memory/MemoryRepositories.ts"
import * as MemoryChangeSignal from "../../adapters/memory/state/MemoryChangeSignal.ts"
import * as MemoryLoginThrottle from "../../adapters/memory/state/MemoryLoginThrottle.ts"
import * as MemoryProfileCache from "../../adapters/memory/state/MemoryProfileCache.ts"
import * as MemoryRateLimiter from "../../adapters/memory/state/MemoryRateLimiter.ts"
import * as MemoryRevokedApiTokens from "../../adapters/memory/state/MemoryRevokedApiTokens.ts"
import * as MemoryRevokedSessions from "../../adapters/memory/state/MemoryRevokedSessions.ts"
import * as NoProfileCache from "../../adapters/memory/state/NoProfileCache.ts"
import { RevokedSessions } from "../../application/accounts/sessions/RevokedSessions.ts"
import { trustedMillis } from "../../application/accounts/tokens/RevokedApiTokens.ts"
import * as AccountRepository from "./AccountRepository.contract.ts"
import * as ApiTokenRepository from "./ApiTokenRepository.contract.ts"
import * as CategoryRepository from "./CategoryRepository.contract.ts"
import * as ChangeRepository from "./ChangeRepository.contract.ts"
import * as ChangeSignal from "./ChangeSignal.contract.ts"
import * as EmailRequests from "./EmailRequests.contract.ts"
import * as EmailSender from "./EmailSender.contract.ts"
import * as EmailVerificationRepository from "./EmailVerificationRepository.contract.ts"
import * as ExpiredRecords from "./ExpiredRecords.contract.ts"
import * as IdempotencyRecords from "./IdempotencyRecords.contract.ts"
import * as LoginThrottle from "./LoginThrottle.contract.ts"
import * as Outbox from "./Outbox.contract.ts"
import * as PasswordResetRepository from "./PasswordResetRepository.contract.ts"
import * as ProfileCache from "./ProfileCache.contract.ts"
import * as RateLimiter from "./RateLimiter.contract.ts"
import * as RevokedApiTokens from "./RevokedApiTokens.contract.ts"
import * as RevokedSessionsContract from "./RevokedSessions.contract.ts"
import * as SessionRepository from "./SessionRepository.contract.ts"
import * as TaskRepository from "./TaskRepository.contract.ts"
import * as UnitOfWork from "./UnitOfWork.contract.ts"

AccountRepository.suite("memory", MemoryRepositories.layer)
ApiTokenRepository.suite("memory", MemoryRepositories.layer)
CategoryRepository.suite("memory", MemoryRepositories.layer)
ChangeRepository.suite("memory", MemoryRepositories.layer)
EmailVerificationRepository.suite("memory", MemoryRepositories.layer)
ExpiredRecords.suite("memory", MemoryRepositories.layer)
IdempotencyRecords.suite("memory", MemoryRepositories.layer)
PasswordResetRepository.suite("memory", MemoryRepositories.layer)
Outbox.suite("memory", MemoryRepositories.layer)
EmailRequests.suite("memory", MemoryRepositories.layer)
SessionRepository.suite("memory", MemoryRepositories.layer)
TaskRepository.suite("memory", MemoryRepositories.layer)
UnitOfWork.suite("memory", MemoryRepositories.layer)

const lifetimeMillis = 60 * 60 * 1000
const revokedSessions = Layer.sync(RevokedSessions, () => MemoryRevokedSessions.make(lifetimeMillis))
RevokedSessionsContract.suite("memory", revokedSessions, { lifetimeMillis })
RevokedApiTokens.suite("memory", MemoryRevokedApiTokens.layer, { trustedMillis })
ChangeSignal.suite("memory", MemoryChangeSignal.layer)
LoginThrottle.suite("memory", MemoryLoginThrottle.layer)
ProfileCache.suite("memory", MemoryProfileCache.layer)
ProfileCache.suite("none", NoProfileCache.layer, { remembers: false })
RateLimiter.suite("memory", MemoryRateLimiter.layer)

const delivered = Effect.flatMap(MemoryEmailSender.SentEmails, ({ all }) =>
  Effect.map(all, (emails) => emails.map((email) => ({ to: email.to, text: JSON.stringify(email) }))),
)
EmailSender.suite("memory", MemoryEmailSender.layer, delivered)
