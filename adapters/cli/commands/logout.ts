/** The command that revokes the session and deletes its credentials. */
import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { Backend } from "../backend/Backend.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { InvalidInput } from "../CliErrors.ts"
import { print } from "../RootCommand.ts"
import { credentialsOf } from "../session/Credentials.ts"
import { callAsUser, storedCredentials } from "../session/SignedInUser.ts"

export const logout = Command.make(
  "logout",
  {
    everywhere: Flag.Boolean("everywhere").pipe(
      Flag.withoutNegation,
      Flag.withDescription("End all your sessions, on every device"),
      Flag.withDefault(false),
    ),
    tokens: Flag.Boolean("tokens").pipe(
      Flag.withoutNegation,
      Flag.withDescription("With --everywhere: revoke your API tokens, too"),
      Flag.withDefault(false),
    ),
  },
  Effect.fnUntraced(function* ({ everywhere, tokens }) {
    if (tokens && !everywhere) return yield* new InvalidInput({ message: "--tokens goes with --everywhere." })
    const store = yield* credentialsOf((yield* Backend).instance)
    // Without this, a call would sign in the owner of a local list first.
    yield* storedCredentials
    const ended = callAsUser((backend) => (everywhere ? backend.signOutEverywhere(tokens) : backend.logOut))
    // If this session has ended already, there is nothing to do. The others are reached only from a session.
    const signedOut = Effect.catchTag(ended, "NotSignedIn", (error) =>
      error.hasEnded && !everywhere ? Effect.void : Effect.fail(error),
    )
    yield* signedOut
    yield* store.remove
    const where = everywhere ? ` everywhere${tokens ? ", and revoked your API tokens" : ""}` : ""
    yield* print(() => `Signed out${where}.`, { signed_out: true })
  }),
).pipe(
  withBackend,
  Command.withDescription("End this session and forget its credentials"),
  Command.withExamples([{ command: "taskwright logout" }, { command: "taskwright logout --everywhere --tokens" }]),
)
