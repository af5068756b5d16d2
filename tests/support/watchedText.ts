/** Records the calls that cost more than a read of a text's length. */
import { vi } from "vitest"

/** Runs the action, and returns the length in UTF-16 units of the longest text that such a call was made on. */
export const longestTextWorkedOn = async (action: () => unknown): Promise<number> => {
  const onTexts = (["normalize", "trim", "toLowerCase", "isWellFormed"] as const).map((name) =>
    vi.spyOn(String.prototype, name),
  )
  const onPatterns = (["test", "exec"] as const).map((name) => vi.spyOn(RegExp.prototype, name))
  try {
    await action()
    const texts = [
      ...onTexts.flatMap(({ mock }) => mock.contexts),
      ...onPatterns.flatMap(({ mock }) => mock.calls.map(([text]) => text)),
    ]
    return texts.reduce((longest: number, text) => Math.max(longest, String(text).length), 0)
  } finally {
    for (const spy of [...onTexts, ...onPatterns]) spy.mockRestore()
  }
}
