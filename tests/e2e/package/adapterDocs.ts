/** Holds the code in docs/adapters.md to the code of the example. */
import { expect, it } from "vitest"
import { filesUnder, readSource } from "../../support/sources.ts"

/** Returns the code without whitespace differences, because prose may indent and wrap it differently. */
const plain = (code: string): string => code.replaceAll(/\s+/g, " ").trim()

/** Registers the tests of docs/adapters.md, with the example's files as the expected code. */
export const adapterDocs = (): void => {
  const page = readSource("docs/adapters.md")
  const example = filesUnder("examples/sqlite-adapter")
    .filter((path) => path.endsWith(".ts"))
    .map((path) => plain(readSource(path)))

  it("docs/adapters.md has no code but the example's", () => {
    const pieces = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => plain(code))
    expect(pieces.length).toBeGreaterThan(5)
    expect(pieces.filter((piece) => !example.some((code) => code.includes(piece)))).toStrictEqual([])
  })
}
