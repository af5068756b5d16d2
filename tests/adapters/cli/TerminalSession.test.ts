/** Holds the command's terminal session to the terminal of its process, on each system. */
import { describe, expect, it } from "vitest"
import { findTerminalSession, type TerminalProbe } from "../../../adapters/cli/session/TerminalSession.ts"

const stat = (fields: { parent?: number; session?: number; terminal?: number; start?: number }) =>
  `10 (a) b (c)) R ${fields.parent ?? 5} 10 ${fields.session ?? 5} ${fields.terminal ?? 0} ${"0 ".repeat(14)}${fields.start ?? 100} 0`

const probe = (
  changes: Partial<TerminalProbe> & { readonly files?: Readonly<Record<string, string>> },
): TerminalProbe => ({
  platform: "linux",
  environment: {},
  parentId: 5,
  isTerminal: () => false,
  deviceOf: () => 0,
  readProc: (path) => changes.files?.[path] ?? null,
  ...changes,
})
const keyOf = (changes: Parameters<typeof probe>[0]) => findTerminalSession(probe(changes)).key

describe("the terminal of a command", () => {
  const linux = (session: number, start: number, isTerminal: TerminalProbe["isTerminal"] = () => true) => ({
    files: { "self/stat": stat({ session, terminal: 34817 }), [`${session}/stat`]: stat({ start }) },
    isTerminal,
  })

  it("is identified by its session on Linux, and differs from an earlier session with the same number", () => {
    expect(keyOf(linux(7, 100))).toBe(keyOf({ ...linux(7, 100), parentId: 6 }))
    expect(keyOf(linux(7, 100))).not.toBe(keyOf(linux(8, 100)))
    expect(keyOf(linux(7, 100))).not.toBe(keyOf(linux(7, 101)))
    expect(keyOf(linux(7, 100))).not.toBe(
      keyOf({ ...linux(7, 100), files: { ...linux(7, 100).files, "sys/kernel/random/boot_id": "another\n" } }),
    )
  })

  it("is the same with its output in a pipe, but then shows nothing", () => {
    const [shown, piped] = [() => true, (descriptor: number) => descriptor !== 1].map((isTerminal) =>
      findTerminalSession(probe(linux(7, 100, isTerminal))),
    )
    expect(shown?.key).toBe(piped?.key)
    expect([shown?.isShown, piped?.isShown]).toStrictEqual([true, false])
    // A background job of a terminal, with all its outputs redirected.
    expect(findTerminalSession(probe(linux(7, 100, () => false))).isShown).toBe(false)
  })

  it("is the parent process of a script without a terminal", () => {
    const script = (start: number) => ({ files: { "self/stat": stat({}), "5/stat": stat({ start }) } })
    expect(findTerminalSession(probe(script(1))).isShown).toBe(true)
    expect(keyOf(script(1))).not.toBe(keyOf(script(2)))
    expect(keyOf(script(1))).not.toBe(keyOf({ ...script(1), parentId: 6 }))
    expect(findTerminalSession(probe({ parentId: 0 }))).toStrictEqual({ key: null, isShown: false })
  })

  it("is identified by its device and by variables on other systems", () => {
    const mac = (device: number, environment = {}) =>
      keyOf({ platform: "darwin", isTerminal: () => true, deviceOf: () => device, environment })
    expect(mac(1)).not.toBe(mac(2))
    expect(mac(1, { TERM_SESSION_ID: "a" })).not.toBe(mac(1, { TERM_SESSION_ID: "b" }))
    const windows = (environment: Record<string, string>, parentId = 5) =>
      keyOf({ platform: "win32", isTerminal: () => true, environment, parentId })
    expect(windows({ WT_SESSION: "a" }, 5)).toBe(windows({ WT_SESSION: "a" }, 6))
    expect(windows({ WT_SESSION: "a" })).not.toBe(windows({ WT_SESSION: "b" }))
    expect(windows({}, 5)).not.toBe(windows({}, 6))
  })

  it("can be named by TASKWRIGHT_TERMINAL, and then every list counts as shown", () => {
    const named = { environment: { TASKWRIGHT_TERMINAL: "mine" } }
    expect(findTerminalSession(probe({ ...linux(7, 1), ...named }))).toStrictEqual(findTerminalSession(probe(named)))
    expect(findTerminalSession(probe(named)).isShown).toBe(true)
    expect(keyOf(named)).not.toBe(keyOf({ environment: { TASKWRIGHT_TERMINAL: "" } }))
  })
})
