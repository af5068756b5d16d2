import { randomUUID } from "node:crypto"

const acceptable = /^[A-Za-z0-9._-]{1,128}$/

/** The caller's own id where it is 1 to 128 characters of `[A-Za-z0-9._-]`, else a new UUID. */
export const requestId = (offered: string | ReadonlyArray<string> | undefined): string =>
  typeof offered === "string" && acceptable.test(offered) ? offered : randomUUID()
