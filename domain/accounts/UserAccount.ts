/** A user's account, and the changes that it allows. */
import { Schema } from "effect"
import { oneLineText } from "../shared/Text.ts"
import { Timestamp } from "../shared/Timestamp.ts"
import { EmailAddress } from "./EmailAddress.ts"
import { PasswordHash } from "./Password.ts"
import { UserId } from "./UserId.ts"

export const FullName = oneLineText(1, 100, Schema.brand("FullName"))
export type FullName = typeof FullName.Type

/** The account of a user, the owner of tasks and categories. Each email address belongs to at most one account. */
export const UserAccount = Schema.Struct({
  id: UserId,
  email: EmailAddress,
  fullName: FullName,
  passwordHash: PasswordHash,
  /** Whether the email address was verified. */
  isEmailVerified: Schema.Boolean,
  /** When an operator disabled it; null while it is enabled. */
  disabledAt: Schema.NullOr(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export interface UserAccount extends Schema.Schema.Type<typeof UserAccount> {}

/** Creates an account with an unverified email address. */
export const open = (
  fields: Pick<UserAccount, "id" | "email" | "fullName" | "passwordHash">,
  now: Timestamp,
): UserAccount => ({ ...fields, isEmailVerified: false, disabledAt: null, createdAt: now, updatedAt: now })

/** Returns the account with its email address verified. An account that is verified already stays unchanged. */
export const withVerifiedEmail = (account: UserAccount, now: Timestamp): UserAccount =>
  account.isEmailVerified ? account : { ...account, isEmailVerified: true, updatedAt: now }

/** Returns the account disabled. An account that is disabled already keeps its time. */
export const disable = (account: UserAccount, now: Timestamp): UserAccount =>
  account.disabledAt === null ? { ...account, disabledAt: now } : account

/** Returns the account enabled. */
export const enable = (account: UserAccount): UserAccount =>
  account.disabledAt === null ? account : { ...account, disabledAt: null }

/** Returns the account with a new name. */
export const rename = (account: UserAccount, fullName: FullName, now: Timestamp): UserAccount =>
  account.fullName === fullName ? account : { ...account, fullName, updatedAt: now }

/** Returns the account with a new password. */
export const withPassword = (account: UserAccount, passwordHash: PasswordHash, now: Timestamp): UserAccount => ({
  ...account,
  passwordHash,
  updatedAt: now,
})

/**
 * Returns the account with the same password under a stronger hash. `updatedAt` stays, because nothing changes for the
 * user.
 */
export const rehash = (account: UserAccount, passwordHash: PasswordHash): UserAccount => ({ ...account, passwordHash })
