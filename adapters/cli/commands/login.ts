/** The command that signs in and stores the credentials. */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { SubmittedPassword } from "../../../domain/accounts/Password.ts"
import { decodeArgument } from "../arguments/DecodeArgument.ts"
import { askPassword, passwordStdin } from "../arguments/Passwords.ts"
import { Backend } from "../backend/Backend.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { saveCredentials } from "../session/SignedInUser.ts"

export const login = Command.make(
  "login",
  { email: Argument.String("email").pipe(Argument.withDescription("Your email address")), passwordStdin },
  Effect.fnUntraced(function* (input) {
    const backend = yield* Backend
    const email = yield* decodeArgument(EmailAddress, "email address", input.email)
    const password = yield* askPassword({ isFromStdin: input.passwordStdin, isNew: false })
    const signedIn = yield* backend.logIn({
      email,
      password: yield* decodeArgument(SubmittedPassword, "password", password),
    })
    yield* saveCredentials(signedIn)
    const { user } = signedIn
    yield* print(() => `Signed in as ${escapeControl(user.fullName)} <${user.email}>.`, {
      user: { id: user.id, email: user.email, full_name: user.fullName },
    })
  }),
).pipe(
  withBackend,
  Command.withDescription("Sign in; each server and the local database have a session of their own"),
  Command.withExamples([
    { command: "taskwright login ada@example.com", description: "Asks for the password" },
    { command: "taskwright --server https://tasks.example.com login ada@example.com", description: "On a server" },
  ]),
)
