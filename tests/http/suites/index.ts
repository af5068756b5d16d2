import type { SuitePorts } from "../Client.ts"
import * as accounts from "./accounts.ts"
import * as limits from "./limits.ts"
import * as lockout from "./lockout.ts"
import * as tokens from "./tokens.ts"
import * as verification from "./verification.ts"

/** The API through real HTTP on one set of adapters. */
export const suites = (name: string, ports: SuitePorts): void => {
  for (const { suite } of [accounts, tokens, verification, lockout, limits]) suite(name, ports)
}
