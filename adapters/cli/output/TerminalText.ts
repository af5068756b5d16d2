/** Escapes text from users and servers for terminals. */

/** C0, DEL and C1: a terminal executes them instead of showing them. */
const controls = /[\u0000-\u001f\u007f-\u009f]/g
/** Characters that change the direction of text, or break a line without being control characters. */
const invisibles = /[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`

/** Escapes text to one line that a terminal only shows. Titles and names must not move the cursor or hide text. */
export const escapeControl = (text: string): string =>
  text
    .replaceAll(/[\t\r\n]+/g, " ")
    .replaceAll(controls, escaped)
    .replaceAll(invisibles, escaped)

/** Like `escapeControl`, but keeps line breaks. */
export const escapeControlLines = (text: string): string => text.split(/\r?\n/).map(escapeControl).join("\n")

/**
 * Serializes to JSON in which strings contain no control characters: they are escaped, and every reader decodes them.
 */
export const escapeControlJson = (value: unknown, indent?: number): string =>
  escapeInJson(JSON.stringify(value, null, indent))

/** Escapes the same characters in a text that is JSON already. */
export const escapeInJson = (json: string): string =>
  json.replaceAll(/[\u007f-\u009f]/g, escaped).replaceAll(invisibles, escaped)

/** Returns the text on a terminal, and nothing in a pipe, because scripts read rows alone. */
export const forPeople = (text: string, { width }: { readonly width: number | null }): string =>
  width === null ? "" : text

/** `1 task`, `2 tasks` */
export const pluralize = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
