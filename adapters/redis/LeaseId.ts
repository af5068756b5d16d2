/** Names the leases under which the profile cache is filled. */
import { hostname } from "node:os"

let leases = 0

/** Returns an id that is unique among all leases of all processes. It is not a secret. */
export const newLeaseId = (): string => `${hostname()}:${process.pid}:${performance.timeOrigin}:${++leases}`
