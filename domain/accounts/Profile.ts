/** The part of an account that its own user may read. */
import type { UserAccount } from "./UserAccount.ts"

/** An account without its password's hash. */
export type Profile = Omit<UserAccount, "passwordHash">

export const profileOf = ({ passwordHash: _, ...profile }: UserAccount): Profile => profile
