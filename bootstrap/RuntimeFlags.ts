/** As `npm start` has it: young objects of many requests at once die before they are moved. */
const serviceFlags = ["--max-semi-space-size=32"]

/** V8 takes what the machine has; these keep an export and an import of any length under 200 MB, for a fifth of speed. */
const transferFlags = [
  "--max-semi-space-size=2",
  "--optimize-for-size",
  "--v8-pool-size=1",
  "--no-wasm-tier-up",
  "--no-wasm-dynamic-tiering",
]

const flagsOf = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (args.includes("serve")) return serviceFlags
  return args.includes("export") || args.includes("import") ? transferFlags : []
}

/**
 * Replaces this process by itself with the flags that the command is better run with, for they can only be given at the
 * start of a process. It stays the same process to whoever started it. Does nothing where the system has no such call
 * (Windows); a command that only has the word among its arguments runs as well with the flags.
 */
export const ensureRuntimeFlags = (): void => {
  const [entry = "", ...args] = process.argv.slice(1)
  const missing = flagsOf(args).filter((flag) => !process.execArgv.includes(flag))
  if (missing.length === 0 || process.execve === undefined) return
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...missing, entry, ...args], process.env)
}
