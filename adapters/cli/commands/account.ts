/** The commands that care for an account: its name, its password, its address, and its end. */
import { Effect, Option } from "effect"
import { Argument, Command, Prompt, TerminalCapabilities } from "effect/cli"
import { OwnerUnclaimed } from "../../../domain/accounts/AccountErrors.ts"
import { refuseCommon } from "../../../domain/accounts/CommonPasswords.ts"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { ownerEmail } from "../../../domain/accounts/Owner.ts"
import { Password, SubmittedPassword } from "../../../domain/accounts/Password.ts"
import type { Profile } from "../../../domain/accounts/Profile.ts"
import { FullName } from "../../../domain/accounts/UserAccount.ts"
import { toUserResource } from "../../http/api/v1/UserResource.ts"
import { confirm, yes } from "../arguments/Confirmation.ts"
import { decodeArgument } from "../arguments/DecodeArgument.ts"
import { readEmailedToken } from "../arguments/EmailedToken.ts"
import { askPassword, nextLine, passwordStdin } from "../arguments/Passwords.ts"
import { words } from "../arguments/Words.ts"
import { Backend } from "../backend/Backend.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { WrongPassword } from "../CliErrors.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { credentialsOf } from "../session/Credentials.ts"
import { callAsUser } from "../session/SignedInUser.ts"

/** The signed-in account. Fails for the owner of a local list, which has no address and no password. */
const requireAccount = Effect.gen(function* () {
  const profile = yield* callAsUser((backend) => backend.profile)
  return profile.email === ownerEmail ? yield* new OwnerUnclaimed({ userId: profile.id }) : profile
})

const named = ({ email, fullName }: Pick<Profile, "email" | "fullName">): string =>
  `${escapeControl(fullName)} <${escapeControl(email)}>`

/** Asks for a new password, and refuses it here too, so that both backends give the same error. */
const askNewPassword = Effect.fnUntraced(function* (isFromStdin: boolean, field: "password" | "newPassword") {
  const typed = yield* askPassword({ isFromStdin, isNew: true, question: "New password" })
  return yield* Effect.fromResult(refuseCommon(field, yield* decodeArgument(Password, "password", typed)))
})

const askCurrentPassword = Effect.fnUntraced(function* (isFromStdin: boolean) {
  const typed = yield* askPassword({ isFromStdin, isNew: false, question: "Current password" })
  return yield* decodeArgument(SubmittedPassword, "password", typed)
})

const wrongPassword = () => Effect.fail(new WrongPassword())

const rename = Command.make(
  "rename",
  { name: words("name", "Your full name; several words need no quotes") },
  Effect.fnUntraced(function* (input) {
    const fullName = yield* decodeArgument(FullName, "name", input.name)
    const profile = yield* callAsUser((backend) => backend.rename(fullName))
    yield* print(() => `Your name is ${escapeControl(profile.fullName)} now.`, { user: toUserResource(profile) })
  }),
).pipe(
  withBackend,
  Command.withDescription("Change your name"),
  Command.withExamples([{ command: "taskwright account rename Ada King" }]),
)

const password = Command.make(
  "password",
  { passwordStdin },
  Effect.fnUntraced(function* (input) {
    yield* requireAccount
    const currentPassword = yield* askCurrentPassword(input.passwordStdin)
    const newPassword = yield* askNewPassword(input.passwordStdin, "newPassword")
    yield* Effect.catchTag(
      callAsUser((backend) => backend.changePassword({ currentPassword, newPassword })),
      "InvalidCredentials",
      wrongPassword,
    )
    yield* print(() => "Changed the password. Your other sessions have ended.", { password_changed: true })
  }),
).pipe(
  withBackend,
  Command.withDescription("Change your password; your other sessions end"),
  Command.withExamples([
    { command: "taskwright account password", description: "Asks for the current and the new password" },
    {
      command: "taskwright account password --password-stdin < passwords.txt",
      description: "For scripts: the current password, and the new one in the next line",
    },
  ]),
)

const forgot = Command.make(
  "forgot",
  { email: Argument.String("email").pipe(Argument.withDescription("The account's email address")) },
  Effect.fnUntraced(function* (input) {
    const email = yield* decodeArgument(EmailAddress, "email address", input.email)
    yield* (yield* Backend).requestPasswordReset(email)
    yield* print(
      () => `If ${email} has an account, an email with a link is on its way. Then run: taskwright account reset`,
      { requested: true },
    )
  }),
).pipe(
  withBackend,
  Command.withDescription("Ask for an email with which to choose a new password"),
  Command.withExamples([{ command: "taskwright account forgot ada@example.com" }]),
)

/** A token is typed at a prompt or into standard input: other users of the machine can see arguments. */
const askToken = Effect.gen(function* () {
  const { canPrompt } = yield* TerminalCapabilities.TerminalCapabilities
  const typed = yield* canPrompt
    ? Prompt.run(Prompt.String({ message: "The link of the email, or its token" }))
    : nextLine("There is no token on standard input.")
  return yield* readEmailedToken(typed)
})

const reset = Command.make(
  "reset",
  {},
  Effect.fnUntraced(function* () {
    const token = yield* askToken
    const newPassword = yield* askNewPassword(false, "password")
    yield* (yield* Backend).resetPassword({ token, password: newPassword })
    yield* print(() => "Changed the password. All sessions have ended: run taskwright login EMAIL", {
      password_changed: true,
    })
  }),
).pipe(
  withBackend,
  Command.withDescription("Choose a new password with the link of an email; all sessions end"),
  Command.withExamples([
    { command: "taskwright account reset", description: "Asks for the link and the new password" },
    {
      command: "taskwright account reset < link-and-password.txt",
      description: "For scripts: the link or its token, and the password in the next line",
    },
  ]),
)

const verify = Command.make(
  "verify",
  {
    token: Argument.String("token").pipe(
      Argument.withDescription("The link of the email, or its token; without it, another email is sent"),
      Argument.optional,
    ),
  },
  Effect.fnUntraced(function* (input) {
    const { resendVerification, verifyEmail } = yield* Backend
    if (Option.isSome(input.token)) {
      const profile = yield* verifyEmail(yield* readEmailedToken(input.token.value))
      return yield* print(() => `Verified ${escapeControl(profile.email)}.`, { user: toUserResource(profile) })
    }
    const { email, isEmailVerified } = yield* requireAccount
    if (!isEmailVerified) yield* resendVerification(email)
    yield* print(
      () => (isEmailVerified ? `${email} is verified already.` : `An email with a link is on its way to ${email}.`),
      { requested: !isEmailVerified },
    )
  }),
).pipe(
  withBackend,
  Command.withDescription("Verify your email address, or ask for another email with the link"),
  Command.withExamples([
    { command: "taskwright account verify 'https://tasks.example.com/verify-email?token=AZOl…'" },
    { command: "taskwright account verify", description: "Sends another email" },
  ]),
)

const remove = Command.make(
  "delete",
  { yes, passwordStdin },
  Effect.fnUntraced(function* (input) {
    const profile = yield* requireAccount
    if (!input.yes) {
      const question = `Delete the account ${named(profile)} and all its tasks? This cannot be undone`
      yield* confirm(question, "Nothing was deleted.")
    }
    const currentPassword = yield* askCurrentPassword(input.passwordStdin)
    yield* Effect.catchTag(
      callAsUser((backend) => backend.deleteAccount(currentPassword)),
      "InvalidCredentials",
      wrongPassword,
    )
    yield* (yield* credentialsOf((yield* Backend).instance)).remove
    yield* print(() => `Deleted the account ${named(profile)}.`, { deleted: profile.id })
  }),
).pipe(
  withBackend,
  Command.withDescription("Delete your account with all its tasks, for good"),
  Command.withExamples([
    { command: "taskwright account delete", description: "Asks first, and for the password" },
    { command: "taskwright account delete --yes --password-stdin < password.txt", description: "For scripts" },
  ]),
)

export const account = Command.make("account").pipe(
  Command.withDescription("Change your name or password, verify your address, or delete your account"),
  Command.withSubcommands([rename, password, forgot, reset, verify, remove]),
)
