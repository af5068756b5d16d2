/** Notices the end of the process that started this one, which no signal tells of. */
import { readFileSync } from "node:fs"

const lookMillis = 250

/**
 * Calls `onEnd` once, soon after the parent of this process ends: the system then gives it another one. On Linux the
 * parent's own parent counts too, for between npm and its script there is a shell. Returns what ends the watch.
 */
export const watchParents = (onEnd: () => void): (() => void) => {
  const parent = process.ppid
  const grandparent = parentOf(parent)
  const timer = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === grandparent) return
    clearInterval(timer)
    onEnd()
  }, lookMillis).unref()
  return () => clearInterval(timer)
}

/** The parent of a process, by its number; undefined if the system does not tell. */
const parentOf = (pid: number): number | undefined => {
  if (process.platform !== "linux") return undefined
  try {
    // "pid (name) state parent …": a name can hold spaces and brackets.
    const status = readFileSync(`/proc/${pid}/stat`, "utf8")
    return Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1])
  } catch {
    return undefined
  }
}
