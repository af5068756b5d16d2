/** Prints API tokens. */
import type { ApiToken } from "../../../domain/accounts/ApiToken.ts"
import { shortIds } from "../ShortId.ts"
import { dateTime } from "./Dates.ts"
import type { Style } from "./Style.ts"
import { table } from "./Table.ts"
import { escapeControl, forPeople } from "./TerminalText.ts"

/** An API token as its user sees it. */
type OwnToken = Omit<ApiToken, "userId">

/** The token as JSON: the API's resource. */
export const tokenResource = (token: OwnToken) => ({
  id: token.id,
  name: token.name,
  scopes: token.scopes,
  prefix: token.prefix,
  created_at: token.createdAt,
  expires_at: token.expiresAt,
  last_used_at: token.lastUsedAt,
})

/** One line: what was done with the token, what it may do, and until when. */
export const describeToken = (what: string, { expiresAt, id, name, scopes }: OwnToken, style: Style): string =>
  `${what} ${style.dim(id)} ${escapeControl(name)}: ${scopes.join(", ")}, until ${dateTime(expiresAt, style)}`

export const tokensTable = (tokens: ReadonlyArray<OwnToken>, style: Style): string =>
  tokens.length === 0
    ? forPeople("No API tokens.", style)
    : table(
        [
          {
            header: "ID",
            cells: shortIds(tokens.map(({ id }) => id)),
            plain: tokens.map(({ id }) => id),
            paint: style.dim,
          },
          { header: "NAME", cells: tokens.map(({ name }) => escapeControl(name)), isFlexible: true },
          { header: "SCOPES", cells: tokens.map(({ scopes }) => scopes.join(",")), isFlexible: true, rank: 2 },
          {
            header: "UNTIL",
            cells: tokens.map(({ expiresAt }) => dateTime(expiresAt, style)),
            plain: tokens.map(({ expiresAt }) => expiresAt),
            rank: 1,
          },
          {
            header: "LAST USED",
            cells: tokens.map(({ lastUsedAt }) => (lastUsedAt === null ? "never" : dateTime(lastUsedAt, style))),
            plain: tokens.map(({ lastUsedAt }) => lastUsedAt ?? ""),
            rank: 3,
          },
          { header: "BEGINS", cells: tokens.map(({ prefix }) => escapeControl(prefix)), rank: 4 },
        ],
        style,
      )
