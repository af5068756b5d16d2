// What an import tells of its work.

import { Console, Effect } from "effect"
import { escapeControl } from "../output/TerminalText.ts"

/** How many lines that were not imported are named. */
const namedLines = 20

/** Counts what an import does, and names the lines that it could not import. */
export const makeImportReport = () => {
  const counts = {
    imported: 0,
    /** Of those: how many an earlier import had made, and were gone. */
    imported_again: 0,
    present: 0,
    refused: 0,
    /** Lines whose task stands further up in the file. */
    repeated: 0,
    past_due_dates: 0,
  }
  return {
    counts,
    /** Says why a line was not imported: the first 20, the others are only counted. */
    refuse: (line: number, why: string) => {
      counts.refused++
      if (counts.refused > namedLines) return Effect.void
      const more = counts.refused === namedLines ? " (further lines are only counted)" : ""
      return Console.error(`line ${line}: ${escapeControl(why)}${more}`)
    },
  }
}
