/** Reads the command's coloured output as runs of text, for the picture of the terminal. */

/** The style of a run of characters, limited to those that the command's output uses. */
export type Look = "bold" | "dim" | "red" | "green" | "yellow" | "cyan"

/** Characters of one style, and the column in which they begin, from 0. */
export interface Run {
  readonly column: number
  readonly text: string
  readonly looks: ReadonlyArray<Look>
}

const looks: Readonly<Record<string, Look>> = {
  "1": "bold",
  "2": "dim",
  "31": "red",
  "32": "green",
  "33": "yellow",
  "36": "cyan",
}

/** An escape sequence that sets colours, or any other one that moves the cursor or changes the screen. */
const control = /\u001b\[([\d;]*)m|[\u0000-\u001f\u007f-\u009f]/

/**
 * Reads one line as a terminal shows it. Rejects any unknown sequence, because the picture would differ from the
 * terminal.
 */
export const readLine = (line: string): ReadonlyArray<Run> => {
  const runs: Array<Run> = []
  let current: ReadonlyArray<Look> = []
  let column = 0
  let rest = line
  while (rest !== "") {
    const found = control.exec(rest)
    const text = rest.slice(0, found?.index)
    if (text !== "") runs.push({ column, text, looks: current })
    column += text.length
    if (found === null) break
    if (found[1] === undefined)
      throw new Error(`not drawn: ${JSON.stringify(rest.slice(found.index, found.index + 8))}`)
    for (const code of found[1].split(";")) current = code === "0" || code === "" ? [] : [...current, lookOf(code)]
    rest = rest.slice(found.index + found[0].length)
  }
  return runs
}

const lookOf = (code: string): Look => {
  const look = looks[code]
  if (look === undefined) throw new Error(`not drawn: the colour code ${code}`)
  return look
}
