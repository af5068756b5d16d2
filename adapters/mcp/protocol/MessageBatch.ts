/** Checks messages that arrive in one body, before the protocol reads them. Only clients of one early revision send several. */
import { Predicate } from "effect"

/** The maximum number of messages in one body. */
const maxMessages = 10

/**
 * Returns why the protocol cannot answer the messages, or null if it can. It answers one request for each id, so two with
 * the same id leave it without an answer, as requests without a usable id do.
 */
export const refuseBatch = (messages: ReadonlyArray<unknown>): string | null => {
  if (messages.length > maxMessages) return `A batch has at most ${maxMessages} messages`
  if (!messages.every(Predicate.isObject)) return "Every message of a batch is an object"
  const ids = messages.flatMap((message) => ("method" in message && "id" in message ? [message["id"]] : []))
  if (!ids.every((id) => typeof id === "string" || typeof id === "number")) {
    return "The id of a request is a string or a number"
  }
  return new Set(ids).size < ids.length ? "Every request of a batch has an id of its own" : null
}
