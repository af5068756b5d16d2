/** Prints accounts for an operator. */
import { isOwner } from "../../../domain/accounts/Owner.ts"
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
export const userNamed = (user: UserAccount): string =>
  isOwner(user) ? "the owner of the list" : `${escapeControl(user.fullName)} <${escapeControl(user.email)}>`

/** The address; empty for an owner, which has none. */
const emailOf = (user: UserAccount): string => (isOwner(user) ? "" : escapeControl(user.email))

const verificationOf = (user: UserAccount): string =>
  isOwner(user) ? "no address yet" : user.isEmailVerified ? "verified" : "not verified"

const stateOf = (user: UserAccount): string => (user.disabledAt === null ? verificationOf(user) : "disabled")

export const usersTable = (users: ReadonlyArray<UserAccount>, style: Style): string =>
  table(
    [
      { header: "ID", cells: users.map(({ id }) => id), rank: 4, paint: style.dim },
      { header: "EMAIL", cells: users.map(emailOf), isFlexible: true },
      { header: "NAME", cells: users.map(({ fullName }) => escapeControl(fullName)), rank: 2, isFlexible: true },
      { header: "STATE", cells: users.map(stateOf), rank: 1 },
      {
        header: "SINCE",
        cells: users.map(({ createdAt }) => dateTime(createdAt, style)),
        plain: users.map(({ createdAt }) => createdAt),
        rank: 3,
      },
    ],
    style,
  )

/** One line for each fact. */
export const userDetails = (user: UserAccount, style: Style): string =>
  [
    `Id        ${user.id}`,
    `Email     ${[emailOf(user), `(${verificationOf(user)})`].join(" ").trim()}`,
    `Name      ${escapeControl(user.fullName)}`,
    `Created   ${dateTime(user.createdAt, style)}`,
    `Changed   ${dateTime(user.updatedAt, style)}`,
    `Disabled  ${user.disabledAt === null ? "no" : dateTime(user.disabledAt, style)}`,
  ].join("\n")
