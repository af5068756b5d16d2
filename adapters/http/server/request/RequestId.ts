/** Chooses the id under which a request is logged. */
import { randomUUID } from "node:crypto"

const acceptable = /^[A-Za-z0-9._-]{1,128}$/

/** Returns the caller's id if it is 1 to 128 characters of `[A-Za-z0-9._-]`, otherwise a new UUID. */
export const requestId = (offered: string | ReadonlyArray<string> | undefined): string =>
  typeof offered === "string" && acceptable.test(offered) ? offered : randomUUID()
