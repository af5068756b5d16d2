/** Holds accounts to the changes that the domain allows, and password resets to their lifetime. */
import { describe, expect, it } from "@effect/vitest"
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
    expect(open({ id, email, fullName, passwordHash }, at(5))).toStrictEqual({
      id,
      email,
      fullName,
      passwordHash,
      isEmailVerified: false,
      disabledAt: null,
      createdAt: at(5),
      updatedAt: at(5),
    })
  })

  it("is activated once", () => {
    const account = makeAccount()
    const active = withVerifiedEmail(account, at(5))
    expect(active).toStrictEqual({ ...account, isEmailVerified: true, updatedAt: at(5) })
    expect(withVerifiedEmail(active, at(9))).toBe(active)
  })

  it("takes a stronger hash without a sign of change", () => {
    const account = makeAccount()
    const passwordHash = PasswordHash.make("$argon2id$stronger")
    expect(rehash(account, passwordHash)).toStrictEqual({ ...account, passwordHash })
  })
})

describe("UserAccount, changed by its user", () => {
  const account = makeAccount({ isEmailVerified: true })

  it("takes another name", () => {
    const fullName = FullName.make("Grace Hopper")
    expect(rename(account, fullName, at(5))).toStrictEqual({ ...account, fullName, updatedAt: at(5) })
    expect(rename(account, account.fullName, at(5))).toBe(account)
  })

  it("takes another password", () => {
    const passwordHash = PasswordHash.make("$argon2id$another")
    expect(withPassword(account, passwordHash, at(5))).toStrictEqual({ ...account, passwordHash, updatedAt: at(5) })
  })
})

describe.each([
  ["PasswordReset", PasswordReset, PasswordReset.resetLifetimeMillis, 60 * 60],
  ["EmailVerification", EmailVerification, EmailVerification.verificationLifetimeMillis, 24 * 60 * 60],
] as const)("%s", (_, { issue, isUnexpired }, lifetimeMillis, lifetimeSeconds) => {
  it("is valid until its lifetime has passed, and not at its end", () => {
    expect(lifetimeMillis).toBe(lifetimeSeconds * 1000)
    const [userId, tokenHash] = [newUserId(), newTokenHash()]
    const token = issue(userId, tokenHash, at(0))
    expect<EmailedToken>(token).toStrictEqual({ userId, tokenHash, expiresAt: at(lifetimeSeconds) })
    expect(isUnexpired(token, at(0))).toBe(true)
    expect(isUnexpired(token, plusMillis(token.expiresAt, -1))).toBe(true)
    expect(isUnexpired(token, token.expiresAt)).toBe(false)
    expect(isUnexpired(token, plusMillis(token.expiresAt, 1))).toBe(false)
  })
})
