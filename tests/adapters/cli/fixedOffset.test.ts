/** Holds the command to a zone that `TZ` names by its offset alone. */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { childEnvironment } from "../../support/childEnvironment.ts"

it("a TZ with an offset alone is a time zone", () => {
  // In a process of its own, because Effect caches one zone for all zones without a name.
  const script = fileURLToPath(new URL("../../support/printNoon.script.ts", import.meta.url))
  const env = { ...childEnvironment, TZ: "JST-9" }
  expect(execFileSync(process.execPath, [script], { env, encoding: "utf8" })).toBe("2026-12-24T03:00:00.000Z\n")
})
