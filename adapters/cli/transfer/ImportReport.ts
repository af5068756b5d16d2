/** The report of an import: its counts and its messages. */
import { Console, Effect } from "effect"
import { escapeControl } from "../output/TerminalText.ts"

/** The maximum number of rejected lines that are named. */
const namedLines = 20

/** Counts the outcomes of an import, and names the lines that it could not import. */
export const makeImportReport = () => {
  const counts = {
    imported: 0,
    /** The imported ones that an earlier import had created and that were deleted since. */
    imported_again: 0,
    present: 0,
    refused: 0,
    /** Lines with a task that an earlier line of the file holds. */
    repeated: 0,
    past_due_dates: 0,
  }
  return {
    counts,
    /** Prints why a line was not imported, for the first 20; later ones are only counted. */
    refuse: (line: number, why: string) => {
      counts.refused++
      if (counts.refused > namedLines) return Effect.void
      const more = counts.refused === namedLines ? " (further lines are only counted)" : ""
      return Console.error(`line ${line}: ${escapeControl(why)}${more}`)
    },
  }
}
