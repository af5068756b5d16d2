/** Keeps answers within what the context of an assistant takes. */

/** The maximum size of an answer, in tokens of a language model. Clients cut answers that are a few times larger. */
export const maxAnswerTokens = 10_000

/**
 * The bytes of JSON that stand for one token. It is less than every common tokenizer needs: text in English takes four
 * bytes a token, and ids, which are digits at random, take a little more than two.
 */
const bytesPerToken = 2

/** Returns the size of a value in tokens, rather too high than too low. */
export const tokensOf = (value: unknown): number => Math.ceil(Buffer.byteLength(JSON.stringify(value)) / bytesPerToken)

/** What an answer takes beside its list. */
const reservedTokens = 1_000

/** Returns how many of the first items fit into an answer: at least one, if there is one. */
export const fittingCount = (
  items: ReadonlyArray<unknown>,
  tokens: number = maxAnswerTokens - reservedTokens,
): number => {
  let left = tokens
  for (const [index, item] of items.entries()) {
    left -= tokensOf(item) + 1
    if (left < 0) return Math.max(1, index)
  }
  return items.length
}

/** Returns the text, or its beginning with an ellipsis if it has more than so many characters. */
export const shorten = (text: string, maxCharacters: number): string => {
  // A character takes at least one UTF-16 unit.
  if (text.length <= maxCharacters) return text
  const characters = [...text]
  return characters.length <= maxCharacters ? text : `${characters.slice(0, maxCharacters - 1).join("")}…`
}
