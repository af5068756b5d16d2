/** The rules of words of CONTRIBUTING.md that a machine can check, over comments and documents. */

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
