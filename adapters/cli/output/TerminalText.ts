/** C0, DEL and C1: what a terminal obeys instead of showing it. */
const controls = /[\u0000-\u001f\u007f-\u009f]/g
/** What turns the direction of text, or breaks a line without being a control character. */
const invisibles = /[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`

/** Somebody's text in one line that a terminal only shows: titles and names must not move the cursor or hide text. */
export const escapeControl = (text: string): string =>
  text
    .replaceAll(/[\t\r\n]+/g, " ")
    .replaceAll(controls, escaped)
    .replaceAll(invisibles, escaped)

/** As `plain`, with its lines kept. */
export const escapeControlLines = (text: string): string => text.split(/\r?\n/).map(escapeControl).join("\n")

/** JSON in which no string holds a character that a terminal obeys: escapes that every reader turns back. */
export const escapeControlJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent)
    .replaceAll(/[\u007f-\u009f]/g, escaped)
    .replaceAll(invisibles, escaped)

/** `1 task`, `2 tasks` */
export const pluralize = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
