/** Counts how many units of the rate limit a message of the protocol takes. */
import { Predicate } from "effect"

/** How many tasks take one more unit, as in a batch of the API. */
const tasksPerUnit = 10

/** The arguments that name several tasks. */
const lists = ["tasks", "changes", "ids"] as const

/** Returns the cost of one message or of several. The message need not be valid. */
export const costOfMessages = (json: unknown): number =>
  Array.isArray(json) ? json.reduce((cost: number, message) => cost + costOf(message), 0) || 1 : costOf(json)

const costOf = (message: unknown): number => {
  if (!Predicate.hasProperty(message, "params") || !Predicate.hasProperty(message.params, "arguments")) return 1
  const given = message.params.arguments
  const count = lists.reduce((sum, name) => {
    const list = Predicate.hasProperty(given, name) ? given[name] : undefined
    return sum + (Array.isArray(list) ? list.length : 0)
  }, 0)
  return 1 + Math.ceil(count / tasksPerUnit)
}
