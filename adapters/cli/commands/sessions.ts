import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import type { OpenSession } from "../Backend.ts"
import { connected } from "../Connection.ts"
import { dateTime } from "../output/Dates.ts"
import { plain } from "../output/Plain.ts"
import { table } from "../output/Table.ts"
import { prefixLength } from "../output/TaskViews.ts"
import { InvalidInput, NothingFound } from "../Refusals.ts"
import { asUser } from "../SigningIn.ts"
import { print } from "../Taskwright.ts"

const end = Command.make(
  "end",
  { session: Argument.String("session").pipe(Argument.withDescription("The session's id, or a beginning of it")) },
  Effect.fnUntraced(function* ({ session }) {
    const sessions = yield* asUser((account) => account.listSessions)
    const [found, ...others] = sessions.filter(({ id }) => id.startsWith(session.trim().toLowerCase()))
    if (found === undefined) {
      return yield* Effect.fail(new NothingFound({ message: `No session of yours begins with ${plain(session)}.` }))
    }
    if (others.length > 0) {
      return yield* Effect.fail(new InvalidInput({ message: "More than one session begins so. Give more characters." }))
    }
    yield* asUser((account) => account.endSession(found.id))
    yield* print(() => `Ended the session ${found.id}.`, { ended: found.id })
  }),
).pipe(
  connected,
  Command.withDescription("End one of your sessions: its tokens are good for nothing from then on"),
  Command.withExamples([{ command: "taskwright sessions end 0193a5ad" }]),
)

const toResource = (session: OpenSession) => ({
  id: session.id,
  device: session.device,
  created_at: session.createdAt,
  last_used_at: session.lastUsedAt,
  expires_at: session.expiresAt,
  current: session.isCurrent,
})

export const sessions = Command.make(
  "sessions",
  {},
  Effect.fnUntraced(function* () {
    const data = yield* asUser((account) => account.listSessions)
    const shown = prefixLength(data.map(({ id }) => id))
    yield* print(
      (style) =>
        table(
          [
            { header: "ID", cells: data.map(({ id }) => id.slice(0, shown)), paint: style.dim },
            { header: "DEVICE", cells: data.map(({ device }) => plain(device ?? "unknown")), isFlexible: true },
            { header: "SINCE", cells: data.map(({ createdAt }) => dateTime(createdAt, style)) },
            { header: "LAST USED", cells: data.map(({ lastUsedAt }) => dateTime(lastUsedAt, style)) },
            { header: "", cells: data.map(({ isCurrent }) => (isCurrent ? "this one" : "")), paint: style.green },
          ],
          style,
        ),
      { data: data.map(toResource) },
    )
  }),
).pipe(
  connected,
  Command.withDescription("List where you are signed in, or end a session"),
  Command.withExamples([{ command: "taskwright sessions" }, { command: "taskwright sessions end 0193a5ad" }]),
  Command.withSubcommands([end]),
)
