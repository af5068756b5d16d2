/** The hidden command that shells call for completions: tasks and categories that the word at the cursor may name. */
import { Console, Effect } from "effect"
import { Argument, Command, type Completions } from "effect/cli"
import { firstPage, PageLimit } from "../../../domain/shared/Page.ts"
import type { TaskStatus } from "../../../domain/tasks/TaskFields.ts"
import { defaultOrder, defaultSort } from "../../../domain/tasks/TaskQuery.ts"
import { backend, instanceOfFlags } from "../backend/BackendLayer.ts"
import { type CompletedWord, completedWord } from "../completions/CompletedWord.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { credentialsOf } from "../session/Credentials.ts"
import { callAsUser } from "../session/SignedInUser.ts"

/** The time limit of a completion, because a user waits for it. */
const limitMillis = 3_000
const openStatuses: ReadonlyArray<TaskStatus> = ["pending", "in_progress"]
const pageLimit = PageLimit.make(100)
const maxSuggestions = 50
const maxWords = 200
/** Enough digits of an id to name one task of many. */
const idLength = 8

/** A word, and the text that describes it. */
type Suggestion = readonly [word: string, text: string]

const toLine = ([word, text]: Suggestion): string => (text === "" ? word : `${word}\t${text}`)

/** Makes the command. `describe` returns all commands that are completed. */
export const makeSuggest = (describe: () => Completions.CommandDescriptor) =>
  Command.make(
    "suggest",
    { words: Argument.String("words").pipe(Argument.between(0, maxWords)) },
    Effect.fnUntraced(function* ({ words }) {
      const word = words.includes("--server") ? null : completedWord(describe(), words)
      if (word === null) return
      const suggestions = yield* suggest(word).pipe(
        Effect.timeoutOrElse({ duration: limitMillis, orElse: () => Effect.succeed([]) }),
        // A completion that fails shows nothing.
        Effect.catchCause(() => Effect.succeed([])),
      )
      if (suggestions.length > 0) yield* Console.log(suggestions.map(toLine).join("\n"))
    }),
  ).pipe(Command.unlisted, Command.withDescription("Complete words for a shell"))

const suggest = Effect.fnUntraced(function* (word: CompletedWord) {
  // A completion opens no list: without credentials there is nothing to complete.
  if ((yield* (yield* credentialsOf(yield* instanceOfFlags)).read) === null) return []
  return yield* Effect.provide(word.kind === "task" ? openTasks(word.typed) : categories(word.typed), backend)
})

/** The open tasks with an id that begins so, or else those with the text in their title. */
const openTasks = Effect.fnUntraced(function* (typed: string) {
  const query = { status: openStatuses, sort: defaultSort, order: defaultOrder, page: firstPage, limit: pageLimit }
  const { data } = yield* callAsUser((user) => user.listTasks(query))
  const text = typed.toLowerCase()
  const tasks = data.map(({ id, title }): Suggestion => [id.slice(-idLength), escapeControl(title)])
  const byId = tasks.filter(([id]) => id.startsWith(text))
  return (byId.length > 0 ? byId : tasks.filter(([, title]) => title.toLowerCase().includes(text))).slice(
    0,
    maxSuggestions,
  )
})

const categories = Effect.fnUntraced(function* (typed: string) {
  const all = yield* callAsUser((user) => user.listCategories)
  const text = typed.toLowerCase()
  return all
    .filter(({ name }) => name.toLowerCase().startsWith(text))
    .map(({ name }): Suggestion => [escapeControl(name), ""])
    .slice(0, maxSuggestions)
})
