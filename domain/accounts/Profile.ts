/** The part of an account that its own user may read. */
import type { UserAccount } from "./UserAccount.ts"

/** An account without its password's hash. The user of a disabled account reads nothing, so its time is left out. */
export type Profile = Omit<UserAccount, "passwordHash" | "disabledAt">

export const profileOf = ({ disabledAt: _time, passwordHash: _hash, ...profile }: UserAccount): Profile => profile
