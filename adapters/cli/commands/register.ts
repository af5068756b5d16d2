import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { refuseCommon } from "../../../domain/accounts/CommonPasswords.ts"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { Password } from "../../../domain/accounts/Password.ts"
import { FullName } from "../../../domain/accounts/UserAccount.ts"
import { read } from "../arguments/Decode.ts"
import { askPassword, passwordStdin } from "../arguments/Passwords.ts"
import { Backend } from "../backend/Backend.ts"
import { connected } from "../backend/Connection.ts"
import { plain } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { keep } from "../session/SignedInUser.ts"

export const register = Command.make(
  "register",
  {
    email: Argument.String("email").pipe(Argument.withDescription("Your email address")),
    name: Flag.String("name").pipe(Flag.withDescription("Your full name")),
    passwordStdin,
  },
  Effect.fnUntraced(function* (input) {
    const backend = yield* Backend
    const email = yield* read(EmailAddress, "email address", input.email)
    const fullName = yield* read(FullName, "name", input.name)
    const typed = yield* askPassword({ isFromStdin: input.passwordStdin, isNew: true })
    // Looked up here as well as by the backend, so that it ends alike for both of them.
    const password = yield* Effect.fromResult(refuseCommon("password", yield* read(Password, "password", typed)))
    const signedIn = yield* backend.register({ email, fullName, password })
    yield* keep(signedIn)
    const { user } = signedIn
    yield* print(() => `Registered and signed in as ${plain(user.fullName)} <${user.email}>.`, {
      user: { id: user.id, email: user.email, full_name: user.fullName },
    })
  }),
).pipe(
  connected,
  Command.withDescription("Open an account and sign in"),
  Command.withExamples([
    { command: 'taskwright register ada@example.com --name "Ada Lovelace"', description: "Asks for a password" },
    {
      command: 'taskwright register ada@example.com --name "Ada Lovelace" --password-stdin < password.txt',
      description: "For scripts",
    },
  ]),
)
