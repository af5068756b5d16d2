/** Resolves the categories that a command names. */
import { Effect } from "effect"
import type { Category } from "../../../domain/categories/Category.ts"
import { InvalidInput, NotFound } from "../CliErrors.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { callAsUser } from "../session/SignedInUser.ts"

/** The maximum number of similar category names that an error suggests. */
const offeredNames = 5

/** The maximum length of a category's name, in UTF-16 units. */
const maxComparedLength = 100

/** Returns the user's category with exactly that name or that id. */
export const resolveCategory = Effect.fnUntraced(function* (name: string) {
  const reference = yield* nameOf(name)
  return yield* find(reference, yield* callAsUser((backend) => backend.listCategories))
})

/** Resolves several categories with one request; each is returned once. */
export const resolveCategories = Effect.fnUntraced(function* (names: ReadonlyArray<string>) {
  if (names.length === 0) return []
  const references = yield* Effect.forEach(names, nameOf)
  const categories = yield* callAsUser((backend) => backend.listCategories)
  return [...new Set(yield* Effect.forEach(references, (reference) => find(reference, categories)))]
})

const nameOf = (name: string) =>
  name.trim() === ""
    ? Effect.fail(new InvalidInput({ message: "A category is named by its name, which is not empty." }))
    : Effect.succeed(name.trim())

const find = (reference: string, categories: ReadonlyArray<Category>) => {
  const found =
    categories.find(({ id, name }) => name === reference || id === reference.toLowerCase()) ??
    categories.find(({ name }) => composed(name) === composed(reference))
  return found === undefined
    ? Effect.fail(new NotFound({ message: missing(reference, categories) }))
    : Effect.succeed(found)
}

/**
 * Normalizes a name. Keyboards and file names spell an accent in several ways, and so do categories that an older
 * version created.
 */
const composed = (name: string): string => name.normalize("NFC")

const missing = (name: string, categories: ReadonlyArray<Category>): string => {
  // The time to compute the distance grows with the length.
  const near =
    name.length > maxComparedLength
      ? []
      : categories.filter((category) => isNear(category.name, name)).slice(0, offeredNames)
  const offer =
    near.length === 0
      ? ""
      : ` Did you mean ${near.map((category) => `"${escapeControl(category.name)}"`).join(" or ")}?`
  return `You have no category "${escapeControl(name)}".${offer} See: taskwright category list`
}

const isNear = (one: string, other: string): boolean => {
  const a = one.toLowerCase()
  const b = other.trim().toLowerCase()
  return a.startsWith(b) || b.startsWith(a) || distance(a, b) <= 2
}

/** Returns how many letters must be inserted, removed or replaced (Levenshtein). */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
