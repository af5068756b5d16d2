/**
 * The text of a task in which searches look. Two spellings of one text are one search text: compatibility forms are
 * normalized (`ﬁ` is `fi`), and letters have no case.
 */
import type { TaskFields } from "./TaskFields.ts"

/** Between title and description. A title has no control characters, so the first one ends it. */
export const titleEnd = "\u001f"

const sigma = "\u03c3"
/** The form of sigma at the end of a word. Whether lower case makes it depends on the letters around. */
const finalSigma = /\u03c2/g

/**
 * Returns the text in Unicode's NFKC form and in lower case. Some letters are one character in lower case and two in upper
 * case, so the text is composed once more.
 */
export const fold = (text: string): string =>
  text.normalize("NFKC").toLowerCase().replace(finalSigma, sigma).normalize("NFC")

/** Returns what a search in the task looks at: the title, `titleEnd` and the description. */
export const searchTextOf = ({ description, title }: Pick<TaskFields, "title" | "description">): string =>
  fold(`${title}${titleEnd}${description ?? ""}`)

/** Whether a change from one to the other changes the search text. */
export const hasSameSearchText = (
  one: Pick<TaskFields, "title" | "description">,
  other: Pick<TaskFields, "title" | "description">,
): boolean => one.title === other.title && one.description === other.description
