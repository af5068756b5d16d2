import { Effect } from "effect"
import { Command } from "effect/cli"
import { toUserResource } from "../../http/api/v1/UserResource.ts"
import { Backend } from "../backend/Backend.ts"
import { connected } from "../backend/Connection.ts"
import { plain } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { asUser } from "../session/SignedInUser.ts"

export const whoami = Command.make(
  "whoami",
  {},
  Effect.fnUntraced(function* () {
    const { place } = yield* Backend
    const profile = yield* asUser((account) => account.profile)
    const verified = profile.isActive ? "verified" : "not verified yet"
    yield* print(
      (style) =>
        `${style.bold(plain(profile.fullName))} <${profile.email}> (${verified})\n${style.dim(`at ${plain(place.label)}`)}`,
      { user: toUserResource(profile) },
    )
  }),
).pipe(
  connected,
  Command.withDescription("Show who is signed in, and where"),
  Command.withExamples([{ command: "taskwright whoami" }]),
)
