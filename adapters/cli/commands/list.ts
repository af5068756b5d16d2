/** The command that lists, filters and searches tasks. */
import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { defaultPageLimit, firstPage, PageLimit, PageNumber } from "../../../domain/shared/Page.ts"
import { defaultOrder, defaultSort, SortOrder, TaskSort } from "../../../domain/tasks/TaskQuery.ts"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { resolveCategory } from "../arguments/CategoryReference.ts"
import { decodeOptionalDate } from "../arguments/DecodeArgument.ts"
import { priority, status } from "../arguments/TaskFlags.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { InvalidInput } from "../CliErrors.ts"
import { taskTable } from "../output/TaskViews.ts"
import { print } from "../RootCommand.ts"
import { isOutputShown, rememberList } from "../session/LastList.ts"
import { callAsUser } from "../session/SignedInUser.ts"

const date = (name: string, meaning: string) =>
  Flag.String(name).pipe(Flag.withMetavar("DATE"), Flag.withDescription(meaning), Flag.optional)

export const list = Command.make(
  "list",
  {
    status,
    priority,
    category: Flag.String("category").pipe(
      Flag.withMetavar("NAME"),
      Flag.withDescription("Only tasks with this category"),
      Flag.optional,
    ),
    dueFrom: date("due-from", "Only tasks due then or later; a day without a time means its start"),
    dueTo: date("due-to", "Only tasks due then or earlier; a day without a time means its end"),
    sort: Flag.Literals("sort", TaskSort.literals).pipe(
      Flag.withDescription("What the list is sorted by"),
      Flag.withDefault(defaultSort),
    ),
    order: Flag.Literals("order", SortOrder.literals).pipe(
      Flag.withDescription("In which direction"),
      Flag.withDefault(defaultOrder),
    ),
    page: Flag.Int("page").pipe(
      Flag.withSchema(PageNumber),
      Flag.withDescription("Which page, from 1"),
      Flag.withDefault(firstPage),
    ),
    limit: Flag.Int("limit").pipe(
      Flag.withSchema(PageLimit),
      Flag.withDescription("How many tasks a page holds, 1 to 100"),
      Flag.withDefault(defaultPageLimit),
    ),
  },
  Effect.fnUntraced(function* ({ category, dueFrom, dueTo, ...rest }) {
    const [from, to] = [yield* decodeOptionalDate(dueFrom, "from"), yield* decodeOptionalDate(dueTo, "to")]
    // On a Saturday, "fri" to "mon" is read this way; an empty list would hide the mistake.
    if (from !== undefined && to !== undefined && from > to) {
      return yield* new InvalidInput({ message: `--due-from (${from}) lies after --due-to (${to}): write the dates.` })
    }
    const query = {
      status: Option.getOrUndefined(Option.map(rest.status, (each) => [each])),
      priority: Option.getOrUndefined(Option.map(rest.priority, (each) => [each])),
      categoryId: Option.isNone(category) ? undefined : (yield* resolveCategory(category.value)).id,
      dueFrom: from,
      dueTo: to,
      sort: rest.sort,
      order: rest.order,
      page: rest.page,
      limit: rest.limit,
    }
    const page = yield* callAsUser((backend) => backend.listTasks(query))
    const isNumbered = yield* isOutputShown
    if (isNumbered) yield* rememberList(page.data)
    yield* print((style) => taskTable(page, style, { isNumbered }), { ...page, data: page.data.map(toTaskResource) })
  }),
).pipe(
  withBackend,
  Command.withAlias("ls"),
  Command.withDescription("List tasks; the next commands can name them by their numbers"),
  Command.withExamples([
    { command: "taskwright list" },
    { command: "taskwright list --status pending --priority high --sort due_date --order asc" },
    { command: "taskwright list --category home --due-from today --due-to fri" },
    { command: "taskwright list --json --limit 100 --page 2", description: "For scripts" },
  ]),
)
