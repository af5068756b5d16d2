/** The command that prints the history of a task, or of all tasks and categories. */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { CursorPageLimit, defaultCursorPageLimit } from "../../../domain/shared/Page.ts"
import { toChangeResource } from "../../http/api/v1/ChangeResource.ts"
import { resolveTask, taskReference } from "../arguments/TaskReference.ts"
import { resolveTrashed } from "../arguments/TrashReference.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import type { ChangesPage, TaskChangesPage } from "../backend/HistoryCalls.ts"
import { NotFound } from "../CliErrors.ts"
import { historyTable } from "../output/HistoryViews.ts"
import { withFooter } from "../output/Table.ts"
import { print } from "../RootCommand.ts"
import { isShortId } from "../ShortId.ts"
import { callAsUser } from "../session/SignedInUser.ts"

/** The flags of a list that is read by cursor. */
export const pageFlags = {
  limit: Flag.Int("limit").pipe(
    Flag.withSchema(CursorPageLimit),
    Flag.withDescription("How many at most, 1 to 200"),
    Flag.withDefault(defaultCursorPageLimit),
  ),
  cursor: Flag.String("cursor").pipe(Flag.withDescription("Where to go on, as the page before says"), Flag.optional),
}

export const history = Command.make(
  "history",
  { task: taskReference.pipe(Argument.optional), ...pageFlags },
  Effect.fnUntraced(function* ({ cursor, limit, task }) {
    const query = { cursor: Option.getOrUndefined(cursor), limit }
    const id = Option.isNone(task) ? null : yield* findTask(task.value)
    const page: ChangesPage | TaskChangesPage =
      id === null
        ? yield* callAsUser((backend) => backend.readHistory(query))
        : yield* callAsUser((backend) => backend.readTaskHistory(id, query))
    const categories = yield* callAsUser((backend) => backend.listCategories)
    const names = new Map(categories.map(({ id, name }) => [id, name]))
    yield* print(
      (style) => {
        const rows = historyTable(page.data, names, style, { isOfOneTask: id !== null })
        if (page.nextCursor !== null) return withFooter(rows, `Older ones: --cursor ${page.nextCursor}`, style)
        return "isComplete" in page && !page.isComplete
          ? withFooter(rows, "Older changes are no longer kept.", style)
          : rows
      },
      {
        data: page.data.map(toChangeResource),
        next_cursor: page.nextCursor,
        ...("isComplete" in page && { complete: page.isComplete }),
      },
    )
  }),
).pipe(
  withBackend,
  Command.withDescription("Show what was changed, the newest first"),
  Command.withExamples([
    { command: "taskwright history", description: "All tasks and categories" },
    { command: "taskwright history 4a5968", description: "A task, also one in the trash" },
  ]),
)

/** Finds a task, or one in the trash. */
const findTask = (reference: string) =>
  resolveTask(reference).pipe(
    Effect.map(({ id }) => id),
    Effect.catchIf(
      (error) => error instanceof NotFound && isShortId(reference.trim().toLowerCase()),
      (missing) =>
        Effect.flatMap(resolveTrashed([reference]), ([id]) =>
          id === undefined ? Effect.fail(missing) : Effect.succeed(id),
        ),
    ),
  )
