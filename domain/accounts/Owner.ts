/**
 * The owner of a local list: an account without a registration. It has no address and no password, so no login to it
 * succeeds. A registration on the same machine turns it into an account like any other.
 */
import { EmailAddress } from "./EmailAddress.ts"
import { PasswordHash } from "./Password.ts"
import * as UserAccount from "./UserAccount.ts"
import type { UserId } from "./UserId.ts"

/**
 * Stands for the address that the owner does not have. No mail server can have a domain under `.invalid` (RFC 2606). No
 * account is registered with it.
 */
export const ownerEmail = EmailAddress.make("owner@taskwright.invalid")

/** Stands for the hash of the password that the owner does not have. It is in no format of a hash. */
export const noPassword = PasswordHash.make("*")

const ownerName = UserAccount.FullName.make("Owner")

/** Creates the account of an owner. */
export const open = (id: UserId, now: UserAccount.UserAccount["createdAt"]): UserAccount.UserAccount =>
  UserAccount.open({ id, email: ownerEmail, fullName: ownerName, passwordHash: noPassword }, now)

/** Returns whether it is the account of an owner without an address and a password. */
export const isOwner = ({ email, passwordHash }: UserAccount.UserAccount): boolean =>
  email === ownerEmail && passwordHash === noPassword

/** Returns the owner's account with an address, a name and a password. The address is not verified yet. */
export const claim = (
  owner: UserAccount.UserAccount,
  given: Pick<UserAccount.UserAccount, "email" | "fullName" | "passwordHash">,
  now: UserAccount.UserAccount["updatedAt"],
): UserAccount.UserAccount => ({ ...owner, ...given, isEmailVerified: false, updatedAt: now })
