import { Context } from "effect"

/**
 * Tells the terminals of a user apart, so that a number names a task of the list that this one showed. A list that
 * another terminal or a background job reads renumbers nothing.
 */

/** Where a command runs. */
export interface TerminalSessionShape {
  /** Tells the terminal from every other one; null if it cannot be told, and then no list is remembered. */
  readonly key: string | null
  /** Whether standard output is what a person reads there: numbers are printed and remembered. */
  readonly isShown: boolean
}

export class TerminalSession extends Context.Service<TerminalSession, TerminalSessionShape>()(
  "taskwright/cli/TerminalSession",
) {}

/** What a process can find out about its terminal. */
export interface TerminalProbe {
  readonly platform: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly parentId: number
  readonly isTerminal: (descriptor: 0 | 1 | 2) => boolean
  /** The number of the device that the descriptor is open on. */
  readonly deviceOf: (descriptor: 0 | 1 | 2) => number | null
  /** A file below /proc; null if there is none. */
  readonly readProc: (path: string) => string | null
}

/** What terminal programs set to another value in each window or tab. */
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
/** Names the terminal where none can be found: the lists printed there count as shown. */
const nameVariable = "TASKWRIGHT_TERMINAL"

/** The places of values in /proc/PID/stat behind the name of the program, which may hold any character. */
const statFields = { session: 3, terminal: 4, startTime: 19 } as const

/**
 * Finds the terminal. Linux has sessions: the one of a terminal that was closed is never taken for the one of another
 * that got its device. Other systems are told by the device and by what terminal programs put into the environment.
 * Without any terminal the parent process takes its place, for a script reads its own lists alone.
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
  const place = isTold ? `${device} ${variables.join(" ")}` : `parent ${probe.parentId}`
  return { key: `terminal ${place}`, isShown: probe.isTerminal(1) }
}

const withoutTerminal = (probe: TerminalProbe): TerminalSessionShape =>
  probe.parentId === 0
    ? { key: null, isShown: false }
    : { key: linuxKey(probe, "parent", String(probe.parentId)), isShown: true }

/** A process and when it began, so that another one that gets its number later is not taken for it. */
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
