#!/usr/bin/env -S node --max-semi-space-size=4
import { ensureRuntimeFlags } from "./RuntimeFlags.ts"

ensureRuntimeFlags()

/** What the command needs of the package's optional peers, beside `effect`. */
const needed = "@effect/platform-node @effect/sql-pg @electric-sql/pglite argon2 bowser ioredis jose nodemailer"

// Who installed the package for its library has no drivers, and hears what the command would need.
await import("./runCli.ts").catch((error: unknown) => {
  const missing = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND"
  if (!missing) throw error
  console.error(`taskwright: the command needs packages that are not installed. Run: npm install effect ${needed}`)
  process.exitCode = 6
})
