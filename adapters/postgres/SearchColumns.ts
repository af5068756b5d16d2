/**
 * The columns in which searches look: `search_text`, and `search_version`, the version of the task that it was made for.
 *
 * Only a text with characters beyond ASCII is stored. For the others PostgreSQL makes the same text when it searches: in
 * the collation "C", `lower` changes ASCII letters and nothing else. So most tasks take no more room than without a search.
 */
import { hasSameSearchText, searchTextOf } from "../../domain/tasks/SearchText.ts"
import type { TaskFields } from "../../domain/tasks/TaskFields.ts"

type Texts = Pick<TaskFields, "title" | "description">

/** Whether a text has a character beyond ASCII. */
export const isBeyondAscii = (text: string): boolean => /\P{ASCII}/u.test(text)

/** Returns the value of `search_text`; empty if the text is made while searching. */
export const searchColumnOf = (task: Texts): string =>
  isBeyondAscii(task.title) || isBeyondAscii(task.description ?? "") ? searchTextOf(task) : ""

/** Returns the value of `search_text` after a change; null if it stays. */
export const changedSearchColumn = (before: Texts, after: Texts): string | null =>
  hasSameSearchText(before, after) ? null : searchColumnOf(after)

/**
 * Sets the columns of a task from what `changedSearchColumn` returned. A text that stays goes on to the next version, unless
 * it belongs to an older version than it should.
 */
export const searchAssignments = (text: string, version: string): string =>
  `search_text = coalesce(${text}, tasks.search_text),
    search_version = CASE WHEN ${text} IS NULL THEN tasks.search_version + 1 ELSE ${version} END`

/** `titleEnd` of the domain. */
const titleEnd = "chr(31)"

/** The text of a task as the domain's `searchTextOf` makes it, unless the row is `isUnfilled`. */
export const searchText = `CASE WHEN search_version = version AND search_text <> '' THEN search_text
  ELSE lower((title || ${titleEnd} || coalesce(description, '')) COLLATE "C") END`

/** The parts of a search text in which a filter can look. */
export const searchedParts = {
  any: (text: string) => text,
  title: (text: string) => `split_part(${text}, ${titleEnd}, 1)`,
  description: (text: string) => `substr(${text}, strpos(${text}, ${titleEnd}) + 1)`,
} as const

/**
 * Whether the row lacks its search text. It was written before there was one, or by a server that does not know it, and has
 * characters beyond ASCII.
 */
export const isUnfilled = `(search_version IS DISTINCT FROM version
  AND octet_length(title) + coalesce(octet_length(description), 0)
    > char_length(title) + coalesce(char_length(description), 0))`
