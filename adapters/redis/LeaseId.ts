import { hostname } from "node:os"

let leases = 0

/** A name that no other lease has, of this process or of another. It is no secret. */
export const leaseIdentity = (): string => `${hostname()}:${process.pid}:${performance.timeOrigin}:${++leases}`
