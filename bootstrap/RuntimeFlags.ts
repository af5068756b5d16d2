/**
 * The runtime settings that make a process run better: flags of V8, and the C library's memory settings in the
 * environment.
 */
interface Runtime {
  readonly flags: ReadonlyArray<string>
  readonly environment: Readonly<Record<string, string>>
}

const noRuntimeFlags: Runtime = { flags: [], environment: {} }

/**
 * The flag is that of `npm start`: young objects of many concurrent requests die before they are moved. The variable
 * makes glibc return what the start has freed, which is a sixth of an idle server's memory.
 */
const service: Runtime = {
  flags: ["--max-semi-space-size=16"],
  environment: { MALLOC_TRIM_THRESHOLD_: "131072" },
}

/**
 * By default V8 uses the memory of the machine. These settings keep 100,000 tasks under 200 MB, and cost a fifth of the
 * speed.
 */
const transfer: Runtime = {
  flags: [
    "--max-semi-space-size=2",
    "--optimize-for-size",
    "--v8-pool-size=1",
    "--no-sparkplug",
    // Also for the code that strips the types of a clone's sources. `CliInstallation.ts` sets them for the database in
    // every command.
    "--no-wasm-tier-up",
    "--no-wasm-dynamic-tiering",
  ],
  // Otherwise glibc keeps freed memory, for each thread, and in ever larger pieces (mallopt(3)).
  environment: { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "131072" },
}

const transfers = ["export", "import", "dump", "restore"]

const runtimeOf = (args: ReadonlyArray<string>): Runtime => {
  if (args.includes("serve")) return service
  return transfers.some((command) => args.includes(command)) ? transfer : noRuntimeFlags
}

/**
 * Replaces this process with itself under better flags, because flags take effect only at the start of a process. The
 * process id stays the same. Does nothing if the system has no such call (Windows). A command that only has the word
 * among its arguments runs as well with the flags.
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
