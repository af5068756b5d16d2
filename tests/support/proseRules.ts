/** The rules of words of CONTRIBUTING.md that a machine can check, over comments, documents and titles of tests. */

/** Words that make a reader stop: persons in place of callers and processes, and idioms. */
const forbidden =
  /\b(?:who|whom|whose|whoever|somebody|nobody|anybody|anyone|someone|everybody|in vain|unless told|ha(?:s|ve) no say|comes? between|as `\w+` has it)\b/gi
const maximumWords = 25

const comment = /\/\*\*?[\s\S]*?\*\/|(?:^[ \t]*\/\/.*(?:\n|$))+/gm
const commentMarks = /^[ \t]*(?:\/\*\*?|\*\/|\*|\/\/)|\*\//gm
const paragraph = /[^\n]+(?:\n(?!\s*\n)[^\n]+)*/g
const codeBlock = /```[\s\S]*?```/g
const sentenceEnd = /(?<=[.!?:;])\s+|\n\s*(?:[-*]|\d+\.)\s+|\n\s*\n/
const word = /[\w`'’./-]*\w[\w`'’./-]*/g

/** The prose of a file: the comments of code, and the paragraphs of a document but for its tables and blocks of code. */
const proseOf = (path: string, text: string): ReadonlyArray<string> =>
  path.endsWith(".md")
    ? [...text.replaceAll(codeBlock, "").matchAll(paragraph)]
        .map(([part]) => part)
        .filter((part) => !part.includes("|"))
    : [...text.matchAll(comment)].map(([part]) => part.replaceAll(commentMarks, ""))

/** What a reader stops at in a file, a line each. */
export const proseFaults = (path: string, text: string): ReadonlyArray<string> => {
  const parts = proseOf(path, text)
  const words = parts.flatMap((part) => [...part.matchAll(forbidden)].map(([found]) => `${path}: "${found}"`))
  const sentences = parts
    .flatMap((part) => part.split(sentenceEnd))
    .filter((sentence) => (sentence.match(word)?.length ?? 0) > maximumWords)
    .map((sentence) => `${path}: over ${maximumWords} words: ${sentence.trim().replaceAll(/\s+/g, " ").slice(0, 80)}`)
  const opening =
    path.endsWith(".md") || /^(?:#!.*\n)?\s*(?:\/\*|\/\/)/.test(text) ? [] : [`${path}: no opening comment`]
  return [...words, ...sentences, ...opening]
}

/** Persons in place of callers and processes. A list of failures shows a title without the code that explains it. */
const personInTitle =
  /\b(?:who|whom|whoever|somebody|nobody|anybody|everybody|someone|anyone|everyone|no one|no-one|in vain)\b/gi
const title =
  /(?:\b(?:it|test|describe\w*)(?:\.\w+)*|\))\(\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)/g

/** Returns the titles of the tests and suites in the code, without their quotes. */
export const titlesOf = (code: string): ReadonlyArray<string> =>
  [...code.matchAll(title)].map(([, quoted = ""]) => quoted.slice(1, -1))

/** The words in the titles of a file's tests that a list of failures must not have, a line each. */
export const titleFaults = (path: string, code: string): ReadonlyArray<string> =>
  titlesOf(code).flatMap((text) => (text.match(personInTitle) ?? []).map((found) => `${path}: "${found}" in: ${text}`))
