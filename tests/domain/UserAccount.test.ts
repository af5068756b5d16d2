/** Holds accounts to the changes that the domain allows, and password resets to their lifetime. */
import { assert, describe, it } from "@effect/vitest"
import type { EmailedToken } from "../../domain/accounts/EmailedToken.ts"
import * as EmailVerification from "../../domain/accounts/EmailVerification.ts"
import { PasswordHash } from "../../domain/accounts/Password.ts"
import * as PasswordReset from "../../domain/accounts/PasswordReset.ts"
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

describe.each([
  ["PasswordReset", PasswordReset, PasswordReset.resetLifetimeMillis, 60 * 60],
  ["EmailVerification", EmailVerification, EmailVerification.verificationLifetimeMillis, 24 * 60 * 60],
] as const)("%s", (_, { issue, isUnexpired }, lifetimeMillis, lifetimeSeconds) => {
  it("is valid until its lifetime has passed, and not at its end", () => {
    assert.strictEqual(lifetimeMillis, lifetimeSeconds * 1000)
    const [userId, tokenHash] = [newUserId(), newTokenHash()]
    const token = issue(userId, tokenHash, at(0))
    assert.deepStrictEqual<EmailedToken>(token, { userId, tokenHash, expiresAt: at(lifetimeSeconds) })
    assert.isTrue(isUnexpired(token, at(0)))
    assert.isTrue(isUnexpired(token, plusMillis(token.expiresAt, -1)))
    assert.isFalse(isUnexpired(token, token.expiresAt))
    assert.isFalse(isUnexpired(token, plusMillis(token.expiresAt, 1)))
  })
})
