import { Effect } from "effect"
import { Command } from "effect/cli"
import { toUserResource } from "../../http/api/v1/UserResource.ts"
import { Backend } from "../Backend.ts"
import { connected } from "../Connection.ts"
import { plain } from "../output/Plain.ts"
import { asUser } from "../SigningIn.ts"
import { print } from "../Taskwright.ts"

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
