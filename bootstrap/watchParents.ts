/** Detects the end of the parent process, for which there is no signal. */
import { readFileSync } from "node:fs"

const pollMillis = 250

/**
 * Calls `onEnd` once, soon after the parent of this process ends: the system then assigns another one. On Linux the
 * parent's own parent counts too, because a shell runs between npm and its script. Returns a function that ends the
 * watch.
 */
export const watchParents = (onEnd: () => void): (() => void) => {
  const parent = process.ppid
  const grandparent = parentOf(parent)
  const timer = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === grandparent) return
    clearInterval(timer)
    onEnd()
  }, pollMillis).unref()
  return () => clearInterval(timer)
}

/** Returns the parent of a process, by its number; undefined if the system does not say. */
const parentOf = (pid: number): number | undefined => {
  if (process.platform !== "linux") return undefined
  try {
    // "pid (name) state parent …": a name may contain spaces and brackets.
    const status = readFileSync(`/proc/${pid}/stat`, "utf8")
    return Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1])
  } catch {
    return undefined
  }
}
