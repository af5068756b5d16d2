import type { SuitePorts } from "../Client.ts"
import * as accounts from "./accounts.ts"
import * as categories from "./categories.ts"
import * as input from "./input.ts"
import * as limits from "./limits.ts"
import * as listing from "./listing.ts"
import * as lockout from "./lockout.ts"
import * as ownership from "./ownership.ts"
import * as tasks from "./tasks.ts"
import * as tokens from "./tokens.ts"
import * as verification from "./verification.ts"

/** The API through real HTTP on one set of adapters. */
export const suites = (name: string, ports: SuitePorts): void => {
  for (const { suite } of [
    accounts,
    tokens,
    verification,
    lockout,
    limits,
    tasks,
    listing,
    categories,
    ownership,
    input,
  ])
    suite(name, ports)
}
