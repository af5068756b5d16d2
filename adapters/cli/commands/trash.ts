/** The commands for deleted tasks: list them, restore them, and destroy them for good. */
import { Effect, Option } from "effect"
import { Command } from "effect/cli"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { confirm, yes } from "../arguments/Confirmation.ts"
import { resolveTrashed, trashReferences } from "../arguments/TrashReference.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { trashTable } from "../output/HistoryViews.ts"
import { withFooter } from "../output/Table.ts"
import { taskSummary } from "../output/TaskViews.ts"
import { pluralize } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { callAsUser } from "../session/SignedInUser.ts"
import { pageFlags } from "./history.ts"

const list = Command.make(
  "list",
  pageFlags,
  Effect.fnUntraced(function* ({ cursor, limit }) {
    const query = { cursor: Option.getOrUndefined(cursor), limit }
    const { data, nextCursor } = yield* callAsUser((backend) => backend.listTrash(query))
    yield* print(
      (style) => {
        const rows = trashTable(data, style)
        return nextCursor === null
          ? rows
          : withFooter(rows, `There are more: taskwright trash list --cursor ${nextCursor}`, style)
      },
      {
        data: data.map(({ deletedAt, purgeAt, task }) => ({
          ...toTaskResource(task),
          deleted_at: deletedAt,
          purge_at: purgeAt,
        })),
        next_cursor: nextCursor,
      },
    )
  }),
).pipe(
  withBackend,
  Command.withDescription("List deleted tasks, the last deleted first"),
  Command.withExamples([{ command: "taskwright trash list" }]),
)

const restore = Command.make(
  "restore",
  { tasks: trashReferences },
  Effect.fnUntraced(function* (input) {
    const ids = yield* resolveTrashed(input.tasks)
    const restored = yield* Effect.forEach(ids, (id) => callAsUser((backend) => backend.restoreTask(id)))
    yield* print((style) => restored.map((task) => taskSummary("Restored", task, style)).join("\n"), {
      data: restored.map(toTaskResource),
    })
  }),
).pipe(
  withBackend,
  Command.withDescription("Give deleted tasks back"),
  Command.withExamples([{ command: "taskwright trash restore 4a5968" }]),
)

const empty = Command.make(
  "empty",
  { yes },
  Effect.fnUntraced(function* (input) {
    if (!input.yes) {
      yield* confirm("Destroy all deleted tasks for good? This cannot be undone", "Nothing was destroyed.")
    }
    let purged = 0
    for (let more = yield* emptyOnce; more > 0; more = yield* emptyOnce) purged += more
    yield* print(
      () =>
        purged === 0
          ? "The trash was empty."
          : `Destroyed ${pluralize(purged, "deleted task", "deleted tasks")} for good.`,
      { purged },
    )
  }),
).pipe(
  withBackend,
  Command.withDescription("Destroy all deleted tasks for good, and what their history says of them"),
  Command.withExamples([
    { command: "taskwright trash empty", description: "Asks first" },
    { command: "taskwright trash empty --yes" },
  ]),
)

const emptyOnce = callAsUser((backend) => backend.emptyTrash)

export const trash = Command.make("trash").pipe(
  Command.withDescription("List and restore deleted tasks, and empty the trash"),
  Command.withSubcommands([list, restore, empty]),
)
