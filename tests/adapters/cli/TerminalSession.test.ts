/** Holds the command's terminal session to the terminal of its process, on each system. */
import { assert, describe, it } from "vitest"
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
    assert.equal(keyOf(linux(7, 100)), keyOf({ ...linux(7, 100), parentId: 6 }))
    assert.notEqual(keyOf(linux(7, 100)), keyOf(linux(8, 100)))
    assert.notEqual(keyOf(linux(7, 100)), keyOf(linux(7, 101)))
    assert.notEqual(
      keyOf(linux(7, 100)),
      keyOf({ ...linux(7, 100), files: { ...linux(7, 100).files, "sys/kernel/random/boot_id": "another\n" } }),
    )
  })

  it("is the same with its output in a pipe, but then shows nothing", () => {
    const [shown, piped] = [() => true, (descriptor: number) => descriptor !== 1].map((isTerminal) =>
      findTerminalSession(probe(linux(7, 100, isTerminal))),
    )
    assert.equal(shown?.key, piped?.key)
    assert.deepEqual([shown?.isShown, piped?.isShown], [true, false])
    // A background job of a terminal, with all its outputs redirected.
    assert.isFalse(findTerminalSession(probe(linux(7, 100, () => false))).isShown)
  })

  it("is the parent process of a script without a terminal", () => {
    const script = (start: number) => ({ files: { "self/stat": stat({}), "5/stat": stat({ start }) } })
    assert.isTrue(findTerminalSession(probe(script(1))).isShown)
    assert.notEqual(keyOf(script(1)), keyOf(script(2)))
    assert.notEqual(keyOf(script(1)), keyOf({ ...script(1), parentId: 6 }))
    assert.deepEqual(findTerminalSession(probe({ parentId: 0 })), { key: null, isShown: false })
  })

  it("is identified by its device and by variables on other systems", () => {
    const mac = (device: number, environment = {}) =>
      keyOf({ platform: "darwin", isTerminal: () => true, deviceOf: () => device, environment })
    assert.notEqual(mac(1), mac(2))
    assert.notEqual(mac(1, { TERM_SESSION_ID: "a" }), mac(1, { TERM_SESSION_ID: "b" }))
    const windows = (environment: Record<string, string>, parentId = 5) =>
      keyOf({ platform: "win32", isTerminal: () => true, environment, parentId })
    assert.equal(windows({ WT_SESSION: "a" }, 5), windows({ WT_SESSION: "a" }, 6))
    assert.notEqual(windows({ WT_SESSION: "a" }), windows({ WT_SESSION: "b" }))
    assert.notEqual(windows({}, 5), windows({}, 6))
  })

  it("can be named by TASKWRIGHT_TERMINAL, and then every list counts as shown", () => {
    const named = { environment: { TASKWRIGHT_TERMINAL: "mine" } }
    assert.deepEqual(findTerminalSession(probe({ ...linux(7, 1), ...named })), findTerminalSession(probe(named)))
    assert.isTrue(findTerminalSession(probe(named)).isShown)
    assert.notEqual(keyOf(named), keyOf({ environment: { TASKWRIGHT_TERMINAL: "" } }))
  })
})
