/** The command that revokes the session and deletes its credentials. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { Backend } from "../backend/Backend.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { print } from "../RootCommand.ts"
import { credentialsOf } from "../session/Credentials.ts"
import { callAsUser, storedCredentials } from "../session/SignedInUser.ts"

export const logout = Command.make(
  "logout",
  {},
  Effect.fnUntraced(function* () {
    const store = yield* credentialsOf((yield* Backend).instance)
    // Without this, a call would sign in the owner of a local list first.
    yield* storedCredentials
    yield* callAsUser((backend) => backend.logOut).pipe(
      // If the session has ended already, the command has nothing to do and succeeds.
      Effect.catchTag("NotSignedIn", (error) => (error.hasEnded ? Effect.void : Effect.fail(error))),
    )
    yield* store.remove
    yield* print(() => "Signed out.", { signed_out: true })
  }),
).pipe(
  withBackend,
  Command.withDescription("End this session and forget its credentials"),
  Command.withExamples([{ command: "taskwright logout" }]),
)
