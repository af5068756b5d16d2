/** Makes UUIDs of version 7 for records that need no order among themselves. */
import { randomUUID } from "node:crypto"

/** The digits of a UUID of version 4 after its version. */
const randomDigits = 15

/**
 * Returns a new UUID of version 7 (RFC 9562) in lower case: the time of this process in milliseconds, and 74 random
 * bits. Two ids of one millisecond sort in any order. Node draws the random bits for many ids at once, and
 * `uuidV7Unsafe` asks the system for each. That takes four times as long.
 */
export const newUuid = (): string => {
  const time = Date.now().toString(16).padStart(12, "0")
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(randomDigits)}`
}
