#!/usr/bin/env -S node --max-semi-space-size=4
/** The entry point of the `taskwright` command. */
import { ensureRuntimeFlags } from "./RuntimeFlags.ts"

ensureRuntimeFlags()

/** The optional peers that the command needs, beside `effect`. */
const neededPackages = "@effect/platform-node @effect/sql-pg @electric-sql/pglite argon2 bowser ioredis jose nodemailer"

// An installation for the library alone has no drivers; the error then lists the packages that the command needs. There
// is no `await`, because the launcher of the installed command requires this file.
import("./runCli.ts").catch((error: unknown) => {
  const isPackageMissing = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND"
  if (!isPackageMissing) throw error
  console.error(
    `taskwright: the command needs packages that are not installed. Run: npm install effect ${neededPackages}`,
  )
  process.exitCode = 6
})
