// Whether a file holds all that its export wrote: what lies between a header and the end line that counts it.

/** What stands between a header and its end line. */
interface Section {
  /** Categories, tasks, and lines that cannot be read: those were one or the other. */
  lines: number
}

/** Counts the lines of each export in a file, one behind the other if there are several. */
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
    /** A line of a category, a task or of what cannot be read. Gives whether it stands behind a header. */
    line: (): boolean => {
      if (open === null) return false
      open.lines++
      return true
    },
    /** Gives whether the end line stands behind a header. */
    end: (expected: number): boolean => {
      if (open === null) return false
      const missing = expected - open.lines
      if (missing > 0) faults.push(`${missing} ${missing === 1 ? "line is" : "lines are"} missing from the file.`)
      if (missing < 0) faults.push(`The file has ${-missing} more lines than its end line counts.`)
      open = null
      ended++
      return true
    },
    /** What is wrong with the file as a whole; to be asked at its end. */
    faults: (): ReadonlyArray<string> => {
      if (open !== null) return [...faults, cutOff]
      return ended === 0 && faults.length === 0 ? ["The file holds no export of taskwright."] : faults
    },
  }
}
