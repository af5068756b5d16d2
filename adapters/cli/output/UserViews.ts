/** Prints accounts for an operator. */
import type { UserAccount } from "../../../domain/accounts/UserAccount.ts"
import { dateTime } from "./Dates.ts"
import type { Style } from "./Style.ts"
import { table } from "./Table.ts"
import { escapeControl } from "./TerminalText.ts"

/** The account as JSON: the API's resource of a user, and when the account was disabled. */
export const userResource = (user: UserAccount) => ({
  id: user.id,
  email: user.email,
  full_name: user.fullName,
  is_active: user.isEmailVerified,
  disabled_at: user.disabledAt,
  created_at: user.createdAt,
  updated_at: user.updatedAt,
})

/** `Ada Lovelace <ada@example.com>` */
export const userNamed = ({ email, fullName }: UserAccount): string =>
  `${escapeControl(fullName)} <${escapeControl(email)}>`

const stateOf = ({ disabledAt, isEmailVerified }: UserAccount): string =>
  disabledAt !== null ? "disabled" : isEmailVerified ? "verified" : "not verified"

export const usersTable = (users: ReadonlyArray<UserAccount>, style: Style): string =>
  table(
    [
      { header: "ID", cells: users.map(({ id }) => id), paint: style.dim },
      { header: "EMAIL", cells: users.map(({ email }) => escapeControl(email)), isFlexible: true },
      { header: "NAME", cells: users.map(({ fullName }) => escapeControl(fullName)), isFlexible: true },
      { header: "STATE", cells: users.map(stateOf) },
      { header: "SINCE", cells: users.map(({ createdAt }) => dateTime(createdAt, style)) },
    ],
    style,
  )

/** One line for each fact. */
export const userDetails = (user: UserAccount, style: Style): string =>
  [
    `Id        ${user.id}`,
    `Email     ${escapeControl(user.email)} (${user.isEmailVerified ? "verified" : "not verified"})`,
    `Name      ${escapeControl(user.fullName)}`,
    `Created   ${dateTime(user.createdAt, style)}`,
    `Changed   ${dateTime(user.updatedAt, style)}`,
    `Disabled  ${user.disabledAt === null ? "no" : dateTime(user.disabledAt, style)}`,
  ].join("\n")
