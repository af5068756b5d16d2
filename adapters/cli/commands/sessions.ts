/** The commands that list and revoke sessions. */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import type { ActiveSession } from "../backend/Backend.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { InvalidInput, NotFound } from "../CliErrors.ts"
import { dateTime } from "../output/Dates.ts"
import { table } from "../output/Table.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { isNamedBy, isShortId, shortestEnd, shortIds } from "../ShortId.ts"
import { callAsUser } from "../session/SignedInUser.ts"

const end = Command.make(
  "end",
  {
    session: Argument.String("session").pipe(
      Argument.withDescription(`The session's id, or the last ${shortestEnd} or more characters of it`),
    ),
  },
  Effect.fnUntraced(function* ({ session }) {
    const text = session.trim().toLowerCase()
    if (!isShortId(text)) {
      const message = `"${session}" names no session. Give the last ${shortestEnd} or more characters of its id.`
      return yield* new InvalidInput({ message })
    }
    const sessions = yield* callAsUser((backend) => backend.listSessions)
    const [found, ...others] = sessions.filter(({ id }) => isNamedBy(id, text))
    if (found === undefined) {
      return yield* new NotFound({ message: `No session of yours has an id that ends with ${text}.` })
    }
    if (others.length > 0) {
      const ids = shortIds([found, ...others].map(({ id }) => id))
      return yield* new InvalidInput({ message: `${text} names more than one session: ${ids.join(", ")}.` })
    }
    yield* callAsUser((backend) => backend.revokeSession(found.id))
    const device = escapeControl(found.device ?? "unknown device")
    yield* print(() => `Ended the session ${found.id} (${device}).`, { ended: found.id })
  }),
).pipe(
  withBackend,
  Command.withDescription("End one of your sessions: its tokens are good for nothing from then on"),
  Command.withExamples([{ command: "taskwright sessions end 3b2f71" }]),
)

const toResource = (session: ActiveSession) => ({
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
    const data = yield* callAsUser((backend) => backend.listSessions)
    yield* print(
      (style) =>
        table(
          [
            {
              header: "ID",
              cells: shortIds(data.map(({ id }) => id)),
              plain: data.map(({ id }) => id),
              paint: style.dim,
            },
            { header: "DEVICE", cells: data.map(({ device }) => escapeControl(device ?? "unknown")), isFlexible: true },
            {
              header: "SINCE",
              cells: data.map(({ createdAt }) => dateTime(createdAt, style)),
              plain: data.map(({ createdAt }) => createdAt),
              rank: 2,
            },
            {
              header: "LAST USED",
              cells: data.map(({ lastUsedAt }) => dateTime(lastUsedAt, style)),
              plain: data.map(({ lastUsedAt }) => lastUsedAt),
              rank: 1,
            },
            {
              header: "",
              cells: data.map(({ isCurrent }) => (isCurrent ? "this one" : "")),
              plain: data.map(({ isCurrent }) => (isCurrent ? "current" : "")),
              paint: style.green,
            },
          ],
          style,
        ),
      { data: data.map(toResource) },
    )
  }),
).pipe(
  withBackend,
  Command.withDescription("List where you are signed in, or end a session"),
  Command.withExamples([{ command: "taskwright sessions" }, { command: "taskwright sessions end 3b2f71" }]),
  Command.withSubcommands([end]),
)
