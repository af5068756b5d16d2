import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { OfferedPassword } from "../../../domain/accounts/Password.ts"
import { read } from "../arguments/Decode.ts"
import { askPassword, passwordStdin } from "../arguments/Passwords.ts"
import { Backend } from "../backend/Backend.ts"
import { connected } from "../backend/Connection.ts"
import { plain } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { keep } from "../session/SignedInUser.ts"

export const login = Command.make(
  "login",
  { email: Argument.String("email").pipe(Argument.withDescription("Your email address")), passwordStdin },
  Effect.fnUntraced(function* (input) {
    const backend = yield* Backend
    const email = yield* read(EmailAddress, "email address", input.email)
    const password = yield* askPassword({ isFromStdin: input.passwordStdin, isNew: false })
    const signedIn = yield* backend.logIn({ email, password: yield* read(OfferedPassword, "password", password) })
    yield* keep(signedIn)
    const { user } = signedIn
    yield* print(() => `Signed in as ${plain(user.fullName)} <${user.email}>.`, {
      user: { id: user.id, email: user.email, full_name: user.fullName },
    })
  }),
).pipe(
  connected,
  Command.withDescription("Sign in; each server and the local database have a session of their own"),
  Command.withExamples([
    { command: "taskwright login ada@example.com", description: "Asks for the password" },
    { command: "taskwright --server https://tasks.example.com login ada@example.com", description: "On a server" },
  ]),
)
