/** The commands of an operator for the accounts of this installation. */
import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { maxListedUsers } from "../../../application/accounts/administration/ListUsers.ts"
import type { UserAccount } from "../../../domain/accounts/UserAccount.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { confirm, yes } from "../arguments/Confirmation.ts"
import { decodeArgument } from "../arguments/DecodeArgument.ts"
import { requireUser, userReference } from "../arguments/UserReference.ts"
import { Administration, withAdministration } from "../backend/Administration.ts"
import { InvalidInput } from "../CliErrors.ts"
import { withFooter } from "../output/Table.ts"
import { userDetails, userNamed, userResource, usersTable } from "../output/UserViews.ts"
import { print } from "../RootCommand.ts"

const list = Command.make(
  "list",
  {
    limit: Flag.Int("limit").pipe(
      Flag.withDescription(`How many accounts, from 1 to ${maxListedUsers}`),
      Flag.withDefault(100),
    ),
    after: Flag.String("after").pipe(
      Flag.withMetavar("ID"),
      Flag.withDescription("The page after the account with this id"),
      Flag.optional,
    ),
  },
  Effect.fnUntraced(function* ({ after, limit }) {
    if (limit < 1 || limit > maxListedUsers) {
      return yield* new InvalidInput({ message: `--limit takes a number from 1 to ${maxListedUsers}.` })
    }
    const start = Option.isNone(after) ? null : yield* decodeArgument(UserId, "id", after.value.trim().toLowerCase())
    const { next, users } = yield* (yield* Administration).listUsers({ after: start, limit })
    yield* print(
      (style) =>
        next === null
          ? usersTable(users, style)
          : withFooter(usersTable(users, style), `There are more: taskwright admin users list --after ${next}`, style),
      { data: users.map(userResource), next },
    )
  }),
).pipe(
  withAdministration,
  Command.withDescription("List the accounts, the oldest first"),
  Command.withExamples([{ command: "taskwright admin users list --limit 20 --json" }]),
)

const show = Command.make(
  "show",
  { user: userReference },
  Effect.fnUntraced(function* (input) {
    const user = yield* requireUser(input.user)
    yield* print((style) => userDetails(user, style), { user: userResource(user) })
  }),
).pipe(
  withAdministration,
  Command.withDescription("Show an account"),
  Command.withExamples([{ command: "taskwright admin users show ada@example.com" }]),
)

/** Prints what happened to the account, and its new state as JSON. */
const report = (what: string, user: UserAccount) =>
  print(() => `${what} ${userNamed(user)}.`, { user: userResource(user) })

const disable = Command.make(
  "disable",
  { user: userReference },
  Effect.fnUntraced(function* (input) {
    const { id } = yield* requireUser(input.user)
    yield* report("Disabled", yield* (yield* Administration).disable(id))
  }),
).pipe(
  withAdministration,
  Command.withDescription("Disable an account: its sessions end and no login succeeds; its data stays"),
  Command.withExamples([{ command: "taskwright admin users disable ada@example.com" }]),
)

const enable = Command.make(
  "enable",
  { user: userReference },
  Effect.fnUntraced(function* (input) {
    const { id } = yield* requireUser(input.user)
    yield* report("Enabled", yield* (yield* Administration).enable(id))
  }),
).pipe(
  withAdministration,
  Command.withDescription("Enable a disabled account"),
  Command.withExamples([{ command: "taskwright admin users enable ada@example.com" }]),
)

const remove = Command.make(
  "delete",
  { user: userReference, yes },
  Effect.fnUntraced(function* (input) {
    const user = yield* requireUser(input.user)
    if (!input.yes) {
      yield* confirm(`Delete ${userNamed(user)} and all its tasks? This cannot be undone`, "Nothing was deleted.")
    }
    yield* (yield* Administration).delete(user.id)
    yield* print(() => `Deleted ${userNamed(user)}.`, { deleted: user.id })
  }),
).pipe(
  withAdministration,
  Command.withDescription("Delete an account and everything that belongs to it, for good"),
  Command.withExamples([
    { command: "taskwright admin users delete ada@example.com", description: "Asks first" },
    { command: "taskwright admin users delete ada@example.com --yes" },
  ]),
)

const resetLink = Command.make(
  "reset-link",
  { user: userReference },
  Effect.fnUntraced(function* (input) {
    const user = yield* requireUser(input.user)
    const link = yield* (yield* Administration).issueResetLink(user.id)
    yield* print(() => link, { user: userResource(user), link })
  }),
).pipe(
  withAdministration,
  Command.withDescription("Print a link for choosing a new password; no email is sent"),
  Command.withExamples([
    { command: "PUBLIC_URL=https://tasks.example.com taskwright admin users reset-link ada@example.com" },
  ]),
)

const users = Command.make("users").pipe(
  Command.withDescription("List and change the accounts of this installation"),
  Command.withExamples([{ command: "taskwright admin users list" }]),
  Command.withSubcommands([list, show, disable, enable, remove, resetLink]),
)

export const admin = Command.make("admin").pipe(
  Command.withDescription("Administer this installation's own database; a server cannot be named"),
  Command.withExamples([{ command: "taskwright admin users list" }]),
  Command.withSubcommands([users]),
)
