/** The command that lists and filters tasks. */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { maxFilterTerms } from "../../../domain/tasks/FilterParser.ts"
import type { TaskStatus } from "../../../domain/tasks/TaskFields.ts"
import { SortOrder, TaskSort } from "../../../domain/tasks/TaskQuery.ts"
import { resolveCategory } from "../arguments/CategoryReference.ts"
import { decodeOptionalDate } from "../arguments/DecodeArgument.ts"
import { readFilter } from "../arguments/FilterText.ts"
import { limit, page } from "../arguments/PageFlags.ts"
import { priority, status } from "../arguments/TaskFlags.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { InvalidInput } from "../CliErrors.ts"
import { callAsUser } from "../session/SignedInUser.ts"
import { printTasks } from "./printTasks.ts"

const date = (name: string, meaning: string) =>
  Flag.String(name).pipe(Flag.withMetavar("DATE"), Flag.withDescription(meaning), Flag.optional)

const choice = (name: string, meaning: string) =>
  Flag.Boolean(name).pipe(Flag.withoutNegation, Flag.withDescription(meaning), Flag.withDefault(false))

export const list = Command.make(
  "list",
  {
    filter: Argument.String("filter").pipe(
      Argument.withDescription(`Only tasks that meet it, in quotes: 'milk due<fri -category:work'`),
      Argument.between(0, maxFilterTerms),
    ),
    all: choice("all", "Completed tasks too"),
    done: choice("done", "Completed tasks only, the last changed first"),
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
      Flag.withDescription("What the list is sorted by; the due date by default"),
      Flag.optional,
    ),
    order: Flag.Literals("order", SortOrder.literals).pipe(
      Flag.withDescription(
        "In which direction; by default the earliest due date, or else the newest or most urgent, first",
      ),
      Flag.optional,
    ),
    page,
    limit,
  },
  Effect.fnUntraced(function* ({ category, dueFrom, dueTo, filter: words, ...rest }) {
    const [from, to] = [yield* decodeOptionalDate(dueFrom, "from"), yield* decodeOptionalDate(dueTo, "to")]
    // On a Saturday, "fri" to "mon" is read this way; an empty list would hide the mistake.
    if (from !== undefined && to !== undefined && from > to) {
      return yield* new InvalidInput({ message: `--due-from (${from}) lies after --due-to (${to}): write the dates.` })
    }
    const read = words.length === 0 ? undefined : yield* readFilter(words.join(" "))
    const sort = Option.getOrElse(rest.sort, () => (rest.done ? "updated_at" : "due_date"))
    const query = {
      filter: read?.filter,
      timeZone: read?.timeZone,
      status: yield* statusesOf(rest, read?.namesStatus === true),
      priority: Option.getOrUndefined(Option.map(rest.priority, (each) => [each])),
      categoryId: Option.isNone(category) ? undefined : (yield* resolveCategory(category.value)).id,
      dueFrom: from,
      dueTo: to,
      sort,
      order: Option.getOrElse(rest.order, () => (sort === "due_date" ? "asc" : "desc")),
      page: rest.page,
      limit: rest.limit,
    }
    yield* printTasks(yield* callAsUser((backend) => backend.listTasks(query)))
  }),
).pipe(
  withBackend,
  Command.withAlias("ls"),
  Command.withDescription("List the open tasks, overdue ones first; the next commands can name them by their numbers"),
  Command.withExamples([
    { command: "taskwright list" },
    { command: "taskwright list 'milk due<fri'", description: "A word, and a due date before Friday" },
    { command: "taskwright list 'overdue or priority:high' --category home" },
    { command: "taskwright list --done" },
    { command: "taskwright list --all --sort created_at --order asc" },
    { command: "taskwright list --json --limit 100 --page 2", description: "For scripts" },
  ]),
)

const openStatuses: ReadonlyArray<TaskStatus> = ["pending", "in_progress"]

interface StatusFlags {
  readonly all: boolean
  readonly done: boolean
  readonly status: Option.Option<TaskStatus>
}

/** Returns the statuses of the list: the open ones, unless a flag or the filter says otherwise. Undefined means any. */
const statusesOf = Effect.fnUntraced(function* ({ all, done, status }: StatusFlags, isFiltered: boolean) {
  const given = [all && "--all", done && "--done", Option.isSome(status) && "--status"].filter((flag) => flag !== false)
  if (given.length > 1) return yield* new InvalidInput({ message: `Write only one of ${given.join(" and ")}.` })
  if (Option.isSome(status)) return [status.value]
  if (done) return ["completed"] satisfies ReadonlyArray<TaskStatus>
  return all || isFiltered ? undefined : openStatuses
})
