/** Holds the README's picture of the command to the command's real output. */
import { describe, expect, it } from "vitest"
import { drawCommandLine } from "../picture/commandLinePicture.ts"
import { drawTerminal } from "../picture/TerminalPicture.ts"
import { readLine } from "../picture/TerminalText.ts"
import { readSource } from "../support/sources.ts"

const escapeCode = "\u001b"

/**
 * Replaces the parts that differ from one drawing to the next: ids, dates, and the column widths that depend on
 * them.
 */
const normalised = (picture: string): string =>
  picture
    .replaceAll(/ (?:x|textLength)="[\d.]+"/g, "")
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]+)+|(?<=>)[0-9a-f]{4,6}(?=<)/g, "<id>")
    .replaceAll(/[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2,3}(?: \d{4})?/g, "<date>")
    .replaceAll(/ {2,}/g, "  ")

describe("the picture of the command line", () => {
  it("shows what the command shows (npm run picture draws it anew)", async () => {
    expect(normalised(readSource("docs/command-line.svg"))).toBe(normalised(await drawCommandLine()))
  })

  it("has every run in its column, in its colours, and nothing that SVG would take for its own", () => {
    const line = `1  ${escapeCode}[2m01a2${escapeCode}[0m  ${escapeCode}[1;31m<high>${escapeCode}[0m & dry`
    expect(readLine(line)).toStrictEqual([
      { column: 0, text: "1  ", looks: [] },
      { column: 3, text: "01a2", looks: ["dim"] },
      { column: 7, text: "  ", looks: [] },
      { column: 9, text: "<high>", looks: ["bold", "red"] },
      { column: 15, text: " & dry", looks: [] },
    ])
    const picture = drawTerminal([line], { columns: 80, title: "A title", description: "A description" })
    expect(picture).toContain('class="bold red">&lt;high&gt;</tspan>')
    expect(picture).toContain("&amp; dry")
  })

  it.each([`${escapeCode}[2K`, `${escapeCode}[35mviolet`, "10%\r20%", "a\tb"])(
    "refuses to draw %j as something else",
    (line) => {
      expect(() => readLine(line)).toThrow(/not drawn/)
    },
  )

  it("refuses a line that a terminal would wrap", () => {
    expect(() => drawTerminal(["x".repeat(81)], { columns: 80, title: "", description: "" })).toThrow(/longer than 80/)
  })
})
