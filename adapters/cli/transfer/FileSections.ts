/** Checks that a file holds everything that its export wrote, from each header to the end line that counts it. */

/** The lines between a header and its end line. */
interface Section {
  /** Categories, tasks, and unreadable lines, which were one or the other. */
  lines: number
}

/** Counts the lines of each export in a file; several exports may follow each other. */
export const makeFileSections = () => {
  let open: Section | null = null
  let ended = 0
  const faults: Array<string> = []
  const cutOff = "The file has no end line: the export was cut off, or a part of it is missing."
  return {
    header: () => {
      if (open !== null) faults.push(cutOff)
      open = { lines: 0 }
    },
    /** Counts a line of a category, of a task, or an unreadable one. Returns whether a header precedes it. */
    line: (): boolean => {
      if (open === null) return false
      open.lines++
      return true
    },
    /** Returns whether a header precedes the end line. */
    end: (expected: number): boolean => {
      if (open === null) return false
      const missing = expected - open.lines
      if (missing > 0) faults.push(`${missing} ${missing === 1 ? "line is" : "lines are"} missing from the file.`)
      if (missing < 0) faults.push(`The file has ${-missing} more lines than its end line counts.`)
      open = null
      ended++
      return true
    },
    /** Returns the errors of the file as a whole; called at its end. */
    faults: (): ReadonlyArray<string> => {
      if (open !== null) return [...faults, cutOff]
      return ended === 0 && faults.length === 0 ? ["The file holds no export of taskwright."] : faults
    },
  }
}
