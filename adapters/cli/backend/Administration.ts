/** The operator's calls on all accounts of this installation, with the use cases in this process. */
import { Context, Effect, Layer, Option } from "effect"
import { Command } from "effect/cli"
import { deleteUser } from "../../../application/accounts/administration/DeleteUser.ts"
import { disableAccount } from "../../../application/accounts/administration/DisableAccount.ts"
import { enableAccount } from "../../../application/accounts/administration/EnableAccount.ts"
import { type FindUser, findUser } from "../../../application/accounts/administration/FindUser.ts"
import { issueResetLink } from "../../../application/accounts/administration/IssueResetLink.ts"
import { type ListUsers, listUsers } from "../../../application/accounts/administration/ListUsers.ts"
import type { Ports } from "../../../application/Ports.ts"
import type { AccountDisabled, AccountNotFound, OwnerUnclaimed } from "../../../domain/accounts/AccountErrors.ts"
import type { UserAccount } from "../../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { CliEnvironment } from "../CliEnvironment.ts"
import { InvalidInput, type Unreachable } from "../CliErrors.ts"
import { rootCommand } from "../RootCommand.ts"
import { notOpened } from "./BackendLayer.ts"
import { failIfUnavailable } from "./LocalBackend.ts"

type Call<A, E = never> = Effect.Effect<A, E | Unreachable>

/** What an operator may do with the accounts of an installation. */
export class Administration extends Context.Service<
  Administration,
  {
    readonly listUsers: (
      page: ListUsers,
    ) => Call<{ readonly users: ReadonlyArray<UserAccount>; readonly next: UserId | null }>
    readonly findUser: (user: FindUser["user"]) => Call<Option.Option<UserAccount>>
    readonly disable: (userId: UserId) => Call<UserAccount, AccountNotFound>
    readonly enable: (userId: UserId) => Call<UserAccount, AccountNotFound>
    readonly delete: (userId: UserId) => Call<void, AccountNotFound>
    /** Returns a link for choosing a new password. */
    readonly issueResetLink: (userId: UserId) => Call<string, AccountNotFound | AccountDisabled | OwnerUnclaimed>
  }
>()("taskwright/cli/Administration") {}

/** Administration needs the database itself, so no server can be named. */
const administration = Layer.unwrap(
  Effect.gen(function* () {
    const { server } = yield* rootCommand
    if (Option.isSome(server)) {
      const message =
        "admin works on the database of this installation, not on a server: leave --server and TASKWRIGHT_SERVER out."
      return yield* new InvalidInput({ message })
    }
    const { ports, resetLink } = yield* (yield* CliEnvironment).local
    return Layer.effect(Administration, make(resetLink)).pipe(
      Layer.provide(ports),
      Layer.catch((error) => Layer.effect(Administration, Effect.fail(notOpened(error)))),
    )
  }),
)

const make = (resetLink: (token: string) => string) =>
  Effect.gen(function* () {
    const ports = yield* Effect.context<Ports>()
    const run = <A, E>(effect: Effect.Effect<A, E, Ports>) => failIfUnavailable(Effect.provideContext(effect, ports))
    return Administration.of({
      listUsers: (page) => run(listUsers(page)),
      findUser: (user) => run(findUser({ user })),
      disable: (userId) => run(disableAccount({ userId })),
      enable: (userId) => run(enableAccount({ userId })),
      delete: (userId) => run(deleteUser({ userId })),
      issueResetLink: (userId) => run(Effect.map(issueResetLink({ userId }), ({ token }) => resetLink(token))),
    })
  })

/** Provides the administration of this installation to the command; its database opens when the command runs. */
export const withAdministration = <const Name extends string, Input, E, R, ContextInput>(
  command: Command.Command<Name, Input, ContextInput, E, R>,
) => Command.provide(command, administration)
