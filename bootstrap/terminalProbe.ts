/** Reads the facts about the terminal of this process from the operating system. */
import { fstatSync, readFileSync } from "node:fs"
import { isatty } from "node:tty"
import type { TerminalProbe } from "../adapters/cli/session/TerminalSession.ts"

/** Returns the value, or null if the system has none. */
const orNull = <A>(read: () => A): A | null => {
  try {
    return read()
  } catch {
    return null
  }
}

export const terminalProbe: TerminalProbe = {
  platform: process.platform,
  environment: process.env,
  parentId: process.ppid,
  isTerminal: isatty,
  deviceOf: (descriptor) => orNull(() => fstatSync(descriptor).rdev),
  readProc: (path) => (process.platform === "linux" ? orNull(() => readFileSync(`/proc/${path}`, "utf8")) : null),
}
