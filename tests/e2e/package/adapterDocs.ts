import { assert, it } from "vitest"
import { filesUnder, readSource } from "../../support/sources.ts"

/** Without its indentation and its line ends: prose may set a piece of code off differently. */
const plain = (code: string): string => code.replaceAll(/\s+/g, " ").trim()

/** docs/adapters.md, whose code is the example's. */
export const adapterDocs = (): void => {
  const page = readSource("docs/adapters.md")
  const example = filesUnder("examples/sqlite-adapter")
    .filter((path) => path.endsWith(".ts"))
    .map((path) => plain(readSource(path)))

  it("docs/adapters.md has no code but the example's", () => {
    const pieces = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => plain(code))
    assert.isAbove(pieces.length, 5)
    assert.deepStrictEqual(
      pieces.filter((piece) => !example.some((code) => code.includes(piece))),
      [],
    )
  })
}
