/** How a process is better started: with flags of V8, and with settings of the C library's memory, in the environment. */
interface Runtime {
  readonly flags: ReadonlyArray<string>
  readonly environment: Readonly<Record<string, string>>
}

const asItIs: Runtime = { flags: [], environment: {} }

/** As `npm start` has it: young objects of many requests at once die before they are moved. */
const service: Runtime = { flags: ["--max-semi-space-size=32"], environment: {} }

/** V8 takes what the machine has. These keep 100,000 tasks under 200 MB, for a fifth of the speed. */
const transfer: Runtime = {
  flags: [
    "--max-semi-space-size=2",
    "--optimize-for-size",
    "--v8-pool-size=1",
    "--no-sparkplug",
    // Of what takes the types off a clone's sources too; `Installation.ts` says so of the database for every command.
    "--no-wasm-tier-up",
    "--no-wasm-dynamic-tiering",
  ],
  // Otherwise glibc keeps what was freed, for each thread, and in ever larger pieces (mallopt(3)).
  environment: { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "131072" },
}

const runtimeOf = (args: ReadonlyArray<string>): Runtime => {
  if (args.includes("serve")) return service
  return args.includes("export") || args.includes("import") ? transfer : asItIs
}

/**
 * Replaces this process by itself as the command is better run, for flags can only be given at the start of a process.
 * It stays the same process to whoever started it. Does nothing where the system has no such call (Windows); a command
 * that only has the word among its arguments runs as well with the flags.
 */
export const ensureRuntimeFlags = (): void => {
  const [entry = "", ...args] = process.argv.slice(1)
  const { environment, flags } = runtimeOf(args)
  const missing = flags.filter((flag) => !process.execArgv.includes(flag))
  if (missing.length === 0 || process.execve === undefined) return
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...missing, entry, ...args], {
    ...process.env,
    ...environment,
  })
}
