/** The command that creates an account and signs in to it. */
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { refuseCommon } from "../../../domain/accounts/CommonPasswords.ts"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { Password } from "../../../domain/accounts/Password.ts"
import { FullName } from "../../../domain/accounts/UserAccount.ts"
import { decodeArgument } from "../arguments/DecodeArgument.ts"
import { askPassword, passwordStdin } from "../arguments/Passwords.ts"
import { Backend } from "../backend/Backend.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { saveCredentials } from "../session/SignedInUser.ts"

export const register = Command.make(
  "register",
  {
    email: Argument.String("email").pipe(Argument.withDescription("Your email address")),
    name: Flag.String("name").pipe(Flag.withDescription("Your full name")),
    passwordStdin,
  },
  Effect.fnUntraced(function* (input) {
    const backend = yield* Backend
    const email = yield* decodeArgument(EmailAddress, "email address", input.email)
    const fullName = yield* decodeArgument(FullName, "name", input.name)
    const typed = yield* askPassword({ isFromStdin: input.passwordStdin, isNew: true })
    // Checked here as well as in the backend, so that both backends give the same error.
    const password = yield* Effect.fromResult(
      refuseCommon("password", yield* decodeArgument(Password, "password", typed)),
    )
    const { wasOwner, ...signedIn } = yield* backend.register({ email, fullName, password })
    yield* saveCredentials(signedIn)
    const { user } = signedIn
    const kept = wasOwner ? "\nThe tasks of this list belong to the account from now on." : ""
    yield* print(() => `Registered and signed in as ${escapeControl(user.fullName)} <${user.email}>.${kept}`, {
      user: { id: user.id, email: user.email, full_name: user.fullName },
    })
  }),
).pipe(
  withBackend,
  Command.withDescription("Open an account and sign in; on this machine, it takes over the list that needed none"),
  Command.withExamples([
    { command: 'taskwright register ada@example.com --name "Ada Lovelace"', description: "Asks for a password" },
    {
      command: 'taskwright register ada@example.com --name "Ada Lovelace" --password-stdin < password.txt',
      description: "For scripts",
    },
  ]),
)
