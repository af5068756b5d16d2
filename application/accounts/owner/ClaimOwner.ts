/** The use case that gives the owner of a list of one's own an address and a password. */
import { Effect, Option } from "effect"
import { EmailTaken, NoOwner } from "../../../domain/accounts/AccountErrors.ts"
import * as CommonPasswords from "../../../domain/accounts/CommonPasswords.ts"
import * as Owner from "../../../domain/accounts/Owner.ts"
import { audit } from "../../audit/Audit.ts"
import { queueEmail } from "../../outbox/QueueEmail.ts"
import { now } from "../../shared/Now.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { ProfileCache } from "../ProfileCache.ts"
import { PasswordHasher } from "../passwords/PasswordHasher.ts"
import { Register } from "../registration/Register.ts"
import { RevokedSessions } from "../sessions/RevokedSessions.ts"
import { SessionRepository } from "../sessions/SessionRepository.ts"
import { startSession } from "../sessions/StartSession.ts"
import { findOwner } from "./FindOwner.ts"

export const ClaimOwner = Register
export interface ClaimOwner extends Register {}

/**
 * Turns the owner into an account with this address, name and password, which keeps its tasks. Starts a session, revokes
 * the sessions from before, and queues an email to verify the address. Fails with `NoOwner` if there is no owner without
 * an address, with `EmailTaken`, or with `CommonPassword`.
 *
 * Like `signInOwner`, it is for the user of the machine alone: over a network, a stranger could take the tasks.
 */
export const claimOwner = useCase("claimOwner")(function* (command: ClaimOwner) {
  const accounts = yield* AccountRepository
  const hasher = yield* PasswordHasher
  const profiles = yield* ProfileCache
  const revoked = yield* RevokedSessions
  const sessions = yield* SessionRepository
  const { atomically } = yield* UnitOfWork
  const { email, fullName, ip, password } = command
  yield* Effect.fromResult(CommonPasswords.refuseCommon("password", password))
  const found = Option.getOrNull(yield* findOwner)
  if (found === null) return yield* new NoOwner()
  if (email === Owner.ownerEmail) return yield* new EmailTaken({ email })
  const passwordHash = yield* hasher.hash(password, { priority: "known", address: ip })
  const { revokedIds, ...claimed } = yield* atomically(
    Effect.gen(function* () {
      const owner = yield* accounts.getForUpdate(found.id)
      // Another command may have been first, or an operator may have disabled it.
      if (!Owner.isOwner(owner) || owner.disabledAt !== null) return yield* new NoOwner()
      const account = Owner.claim(owner, { email, fullName, passwordHash }, yield* now)
      yield* accounts.updateWithEmail(account)
      yield* profiles.invalidate(account.id)
      yield* queueEmail(account.id, "VerifyEmail")
      const revokedIds = yield* sessions.revokeAll(account.id, null)
      return { account, revokedIds, tokens: yield* startSession(account.id, command.device) }
    }),
  ).pipe(Effect.catchTag("AccountNotFound", () => Effect.fail(new NoOwner())))
  yield* Effect.forEach(revokedIds, revoked.revoke, { discard: true })
  yield* audit({ event: "owner.claimed", userId: found.id, revokedSessions: revokedIds.length })
  return claimed
})
