/**
 * Identifies the user's terminal, so that a number names a task of the list that this one showed. A list that another
 * terminal or a background job reads renumbers nothing.
 */
import { Context } from "effect"

/** The terminal that a command runs in. */
export interface TerminalSessionShape {
  /** Identifies the terminal uniquely; null if that is impossible, and then no list is remembered. */
  readonly key: string | null
  /** Whether a person reads standard output there: numbers are printed and remembered. */
  readonly isShown: boolean
}

export class TerminalSession extends Context.Service<TerminalSession, TerminalSessionShape>()(
  "taskwright/cli/TerminalSession",
) {}

/** The operating system's facts about the terminal of a process. */
export interface TerminalProbe {
  readonly platform: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly parentId: number
  readonly isTerminal: (descriptor: 0 | 1 | 2) => boolean
  /** Returns the number of the device that the descriptor is open on. */
  readonly deviceOf: (descriptor: 0 | 1 | 2) => number | null
  /** Returns a file below /proc; null if there is none. */
  readonly readProc: (path: string) => string | null
}

/** Variables that terminal programs set to a different value in each window or tab. */
const windowVariables = [
  "TERM_SESSION_ID",
  "WT_SESSION",
  "TMUX_PANE",
  "STY",
  "WINDOWID",
  "KITTY_WINDOW_ID",
  "ALACRITTY_WINDOW_ID",
  "WEZTERM_PANE",
]
/** Names the terminal if none can be found: the lists printed there count as shown. */
const nameVariable = "TASKWRIGHT_TERMINAL"

/** The positions of values in /proc/PID/stat behind the name of the program, which may hold any character. */
const statFields = { session: 3, terminal: 4, startTime: 19 } as const

/**
 * Finds the terminal. On Linux its session identifies it: another terminal that gets the device of a closed one has
 * another session. On other systems the device and the variables of terminal programs identify it. Without a terminal
 * the parent process does, because a script reads its own lists alone.
 */
export const findTerminalSession = (probe: TerminalProbe): TerminalSessionShape => {
  const name = probe.environment[nameVariable]
  if (name) return { key: `name ${name}`, isShown: true }
  const process = statOf(probe, "self")
  const terminal = ([0, 1, 2] as const).find(probe.isTerminal)
  if (process !== null && process.terminal !== "0") {
    const { session } = process
    return { key: linuxKey(probe, "session", session), isShown: probe.isTerminal(1) }
  }
  if (terminal === undefined) return withoutTerminal(probe)
  const variables = windowVariables.map((variable) => probe.environment[variable] ?? "")
  const device = probe.deviceOf(terminal)
  const isTold = variables.some((value) => value !== "") || (probe.platform !== "win32" && device !== null)
  const identity = isTold ? `${device} ${variables.join(" ")}` : `parent ${probe.parentId}`
  return { key: `terminal ${identity}`, isShown: probe.isTerminal(1) }
}

const withoutTerminal = (probe: TerminalProbe): TerminalSessionShape =>
  probe.parentId === 0
    ? { key: null, isShown: false }
    : { key: linuxKey(probe, "parent", String(probe.parentId)), isShown: true }

/** Combines a process with its start time, so that a later process with the same number differs. */
const linuxKey = (probe: TerminalProbe, role: string, id: string): string => {
  const boot = probe.readProc("sys/kernel/random/boot_id")?.trim() ?? ""
  return `${role} ${id} ${statOf(probe, id)?.startTime ?? ""} ${boot}`
}

const statOf = (probe: TerminalProbe, id: string) => {
  const text = probe.readProc(`${id}/stat`)
  if (text === null) return null
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
  return {
    session: fields[statFields.session] ?? "",
    terminal: fields[statFields.terminal] ?? "0",
    startTime: fields[statFields.startTime] ?? "",
  }
}
