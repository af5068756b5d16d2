import { assert, describe, it } from "@effect/vitest"
import { ask, isOpen, verificationLifetimeMillis } from "../../domain/accounts/EmailVerification.ts"
import { PasswordHash } from "../../domain/accounts/Password.ts"
import { activate, open, rehash } from "../../domain/accounts/UserAccount.ts"
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
      isActive: false,
      createdAt: at(5),
      updatedAt: at(5),
    })
  })

  it("is activated once", () => {
    const account = makeAccount()
    const active = activate(account, at(5))
    assert.deepStrictEqual(active, { ...account, isActive: true, updatedAt: at(5) })
    assert.strictEqual(activate(active, at(9)), active)
  })

  it("takes a stronger hash without a sign of change", () => {
    const account = makeAccount()
    const passwordHash = PasswordHash.make("$argon2id$stronger")
    assert.deepStrictEqual(rehash(account, passwordHash), { ...account, passwordHash })
  })
})

describe("EmailVerification", () => {
  it("is open for 24 hours, and not at their end", () => {
    assert.strictEqual(verificationLifetimeMillis, 86_400_000)
    const [userId, tokenHash] = [newUserId(), newTokenHash()]
    const verification = ask(userId, tokenHash, at(0))
    assert.deepStrictEqual(verification, { userId, tokenHash, expiresAt: at(86_400) })
    assert.isTrue(isOpen(verification, at(0)))
    assert.isTrue(isOpen(verification, plusMillis(verification.expiresAt, -1)))
    assert.isFalse(isOpen(verification, verification.expiresAt))
    assert.isFalse(isOpen(verification, plusMillis(verification.expiresAt, 1)))
  })
})
