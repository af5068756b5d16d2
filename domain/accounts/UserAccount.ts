import { Schema } from "effect"
import { oneLineText } from "../shared/Text.ts"
import { Timestamp } from "../shared/Timestamp.ts"
import { EmailAddress } from "./EmailAddress.ts"
import { PasswordHash } from "./Password.ts"
import { UserId } from "./UserId.ts"

export const FullName = oneLineText(1, 100, Schema.brand("FullName"))
export type FullName = typeof FullName.Type

/** Somebody who has tasks. No two accounts have one email address. */
export const UserAccount = Schema.Struct({
  id: UserId,
  email: EmailAddress,
  fullName: FullName,
  passwordHash: PasswordHash,
  /** Whether the email address was verified. */
  isEmailVerified: Schema.Boolean,
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export interface UserAccount extends Schema.Schema.Type<typeof UserAccount> {}

/** A new account, whose email address is yet to be verified. */
export const open = (
  wanted: Pick<UserAccount, "id" | "email" | "fullName" | "passwordHash">,
  now: Timestamp,
): UserAccount => ({ ...wanted, isEmailVerified: false, createdAt: now, updatedAt: now })

/** The account with its email address verified; one that was stays as it is. */
export const withVerifiedEmail = (account: UserAccount, now: Timestamp): UserAccount =>
  account.isEmailVerified ? account : { ...account, isEmailVerified: true, updatedAt: now }

/** The account under another name. */
export const rename = (account: UserAccount, fullName: FullName, now: Timestamp): UserAccount =>
  account.fullName === fullName ? account : { ...account, fullName, updatedAt: now }

/** The account with another password. */
export const withPassword = (account: UserAccount, passwordHash: PasswordHash, now: Timestamp): UserAccount => ({
  ...account,
  passwordHash,
  updatedAt: now,
})

/** The account with the same password under a stronger hash: nothing that its user would see as a change. */
export const rehash = (account: UserAccount, passwordHash: PasswordHash): UserAccount => ({ ...account, passwordHash })
