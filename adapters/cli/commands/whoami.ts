/** The command that prints the signed-in user and the instance. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { ownerEmail } from "../../../domain/accounts/Owner.ts"
import { toUserResource } from "../../http/api/v1/UserResource.ts"
import { Backend } from "../backend/Backend.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { callAsUser } from "../session/SignedInUser.ts"

const ownerAdvice = "To use it through a server, open an account: taskwright register EMAIL --name NAME"

export const whoami = Command.make(
  "whoami",
  {},
  Effect.fnUntraced(function* () {
    const { instance } = yield* Backend
    const profile = yield* callAsUser((backend) => backend.profile)
    const isOwner = profile.email === ownerEmail
    const verified = profile.isEmailVerified ? "verified" : "not verified yet"
    yield* print(
      (style) =>
        isOwner
          ? `The owner of the list at ${escapeControl(instance.label)}, without an address and a password.\n${ownerAdvice}`
          : `${style.bold(escapeControl(profile.fullName))} <${profile.email}> (${verified})\n${style.dim(`at ${escapeControl(instance.label)}`)}`,
      { user: toUserResource(profile) },
    )
  }),
).pipe(
  withBackend,
  Command.withDescription("Show the account that is signed in, and where"),
  Command.withExamples([{ command: "taskwright whoami" }]),
)
