/** Holds accounts to the changes that the domain allows, and password resets to their lifetime. */
import { assert, describe, it } from "@effect/vitest"
import { ask, isUnexpired, verificationLifetimeMillis } from "../../domain/accounts/EmailVerification.ts"
import { PasswordHash } from "../../domain/accounts/Password.ts"
import {
  ask as askForReset,
  isUnexpired as isResetOpen,
  resetLifetimeMillis,
} from "../../domain/accounts/PasswordReset.ts"
import { FullName, open, rehash, rename, withPassword, withVerifiedEmail } from "../../domain/accounts/UserAccount.ts"
import { plusMillis } from "../../domain/shared/Timestamp.ts"
import { at, makeAccount, newTokenHash, newUserId } from "../support/entities.ts"

describe("UserAccount", () => {
  it("opens with its email address unverified", () => {
    const { email, fullName, id, passwordHash } = makeAccount()
    assert.deepStrictEqual(open({ id, email, fullName, passwordHash }, at(5)), {
      id,
      email,
      fullName,
      passwordHash,
      isEmailVerified: false,
      createdAt: at(5),
      updatedAt: at(5),
    })
  })

  it("is activated once", () => {
    const account = makeAccount()
    const active = withVerifiedEmail(account, at(5))
    assert.deepStrictEqual(active, { ...account, isEmailVerified: true, updatedAt: at(5) })
    assert.strictEqual(withVerifiedEmail(active, at(9)), active)
  })

  it("takes a stronger hash without a sign of change", () => {
    const account = makeAccount()
    const passwordHash = PasswordHash.make("$argon2id$stronger")
    assert.deepStrictEqual(rehash(account, passwordHash), { ...account, passwordHash })
  })
})

describe("UserAccount, changed by its user", () => {
  const account = makeAccount({ isEmailVerified: true })

  it("takes another name", () => {
    const fullName = FullName.make("Grace Hopper")
    assert.deepStrictEqual(rename(account, fullName, at(5)), { ...account, fullName, updatedAt: at(5) })
    assert.strictEqual(rename(account, account.fullName, at(5)), account)
  })

  it("takes another password", () => {
    const passwordHash = PasswordHash.make("$argon2id$another")
    assert.deepStrictEqual(withPassword(account, passwordHash, at(5)), { ...account, passwordHash, updatedAt: at(5) })
  })
})

describe("PasswordReset", () => {
  it("is open for an hour, and not at its end", () => {
    assert.strictEqual(resetLifetimeMillis, 3_600_000)
    const [userId, tokenHash] = [newUserId(), newTokenHash()]
    const reset = askForReset(userId, tokenHash, at(0))
    assert.deepStrictEqual(reset, { userId, tokenHash, expiresAt: at(3600) })
    assert.isTrue(isResetOpen(reset, plusMillis(reset.expiresAt, -1)))
    assert.isFalse(isResetOpen(reset, reset.expiresAt))
  })
})

describe("EmailVerification", () => {
  it("is open for 24 hours, and not at their end", () => {
    assert.strictEqual(verificationLifetimeMillis, 86_400_000)
    const [userId, tokenHash] = [newUserId(), newTokenHash()]
    const verification = ask(userId, tokenHash, at(0))
    assert.deepStrictEqual(verification, { userId, tokenHash, expiresAt: at(86_400) })
    assert.isTrue(isUnexpired(verification, at(0)))
    assert.isTrue(isUnexpired(verification, plusMillis(verification.expiresAt, -1)))
    assert.isFalse(isUnexpired(verification, verification.expiresAt))
    assert.isFalse(isUnexpired(verification, plusMillis(verification.expiresAt, 1)))
  })
})
