/** The command that searches the texts of tasks. */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { maxFilterTerms } from "../../../domain/tasks/FilterParser.ts"
import { filterOfTexts } from "../arguments/FilterText.ts"
import { limit, page } from "../arguments/PageFlags.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { callAsUser } from "../session/SignedInUser.ts"
import { printTasks } from "./printTasks.ts"

export const search = Command.make(
  "search",
  {
    words: Argument.String("words").pipe(
      Argument.withDescription("What the title or the description contains, in any case: all of the words"),
      Argument.between(1, maxFilterTerms),
    ),
    page,
    limit,
  },
  Effect.fnUntraced(function* ({ limit, page, words }) {
    const query = { filter: filterOfTexts(words), sort: "updated_at", order: "desc", page, limit } as const
    yield* printTasks(yield* callAsUser((backend) => backend.listTasks(query)))
  }),
).pipe(
  withBackend,
  Command.withDescription("Find tasks by words, done ones too; the last changed come first"),
  Command.withExamples([
    { command: "taskwright search milk" },
    { command: 'taskwright search "oat milk" bottles', description: "A phrase and a word" },
  ]),
)
