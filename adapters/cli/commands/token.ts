/** The commands that create, list and revoke API tokens. */
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { ApiTokenName, defaultLifetimeDays, LifetimeDays } from "../../../domain/accounts/ApiToken.ts"
import { scopes, sorted } from "../../../domain/accounts/Scope.ts"
import { decodeArgument } from "../arguments/DecodeArgument.ts"
import { words } from "../arguments/Words.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { InvalidInput, NotFound } from "../CliErrors.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { describeToken, tokenResource, tokensTable } from "../output/TokenViews.ts"
import { print } from "../RootCommand.ts"
import { isNamedBy, isShortId, shortestEnd, shortIds } from "../ShortId.ts"
import { callAsUser } from "../session/SignedInUser.ts"

const create = Command.make(
  "create",
  {
    name: words("name", "What you call it: the changes that it makes show this name"),
    scope: Flag.Literals("scope", scopes).pipe(
      Flag.withDescription("What it may do; repeat the flag for several"),
      Flag.atLeast(1),
    ),
    days: Flag.Int("days").pipe(
      Flag.withSchema(LifetimeDays),
      Flag.withDescription("For how many days it is valid, 1 to 365"),
      Flag.withDefault(defaultLifetimeDays),
    ),
  },
  Effect.fnUntraced(function* (input) {
    const name = yield* decodeArgument(ApiTokenName, "name", input.name)
    const granted = sorted(input.scope)
    const { secret, token } = yield* callAsUser((backend) =>
      backend.createToken({ name, scopes: granted, lifetimeDays: input.days }),
    )
    yield* print(
      (style) =>
        style.width === null
          ? secret
          : [
              describeToken("Created", token, style),
              "This is its secret. It is shown only now, so store it where your program finds it:",
              "",
              secret,
            ].join("\n"),
      { token: tokenResource(token), secret },
    )
  }),
).pipe(
  withBackend,
  Command.withDescription("Create an API token for a program, and print its secret; in a pipe, the secret alone"),
  Command.withExamples([
    { command: "taskwright token create nightly import --scope tasks:read --scope tasks:write" },
    { command: "taskwright token create backup --scope tasks:read --days 365 > token.txt" },
  ]),
)

const list = Command.make(
  "list",
  {},
  Effect.fnUntraced(function* () {
    const data = yield* callAsUser((backend) => backend.listTokens)
    yield* print((style) => tokensTable(data, style), { data: data.map(tokenResource) })
  }),
).pipe(
  withBackend,
  Command.withDescription("List your valid API tokens, without their secrets"),
  Command.withExamples([{ command: "taskwright token list" }]),
)

const revoke = Command.make(
  "revoke",
  {
    token: Argument.String("token").pipe(
      Argument.withDescription(`The token's id, or the last ${shortestEnd} or more characters of it`),
    ),
  },
  Effect.fnUntraced(function* (input) {
    const text = input.token.trim().toLowerCase()
    if (!isShortId(text)) {
      const message = `Give the last ${shortestEnd} or more characters of the token's id. See: taskwright token list`
      return yield* new InvalidInput({ message })
    }
    const tokens = yield* callAsUser((backend) => backend.listTokens)
    const [found, ...others] = tokens.filter(({ id }) => isNamedBy(id, text))
    if (found === undefined) {
      return yield* new NotFound({ message: `No token of yours has an id that ends with ${text}.` })
    }
    if (others.length > 0) {
      const ids = shortIds([found, ...others].map(({ id }) => id))
      return yield* new InvalidInput({ message: `${text} names more than one token: ${ids.join(", ")}.` })
    }
    yield* callAsUser((backend) => backend.revokeToken(found.id))
    yield* print(() => `Revoked the token ${found.id} (${escapeControl(found.name)}).`, { revoked: found.id })
  }),
).pipe(
  withBackend,
  Command.withDescription("Revoke an API token: it is refused from then on"),
  Command.withExamples([{ command: "taskwright token revoke 3b2f71" }]),
)

export const token = Command.make("token").pipe(
  Command.withDescription("Give programs API tokens with scopes, and take them back"),
  Command.withExamples([{ command: "taskwright token list" }]),
  Command.withSubcommands([create, list, revoke]),
)
