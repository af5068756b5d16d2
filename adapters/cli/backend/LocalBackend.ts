/** The backend that runs the use cases in this process. */
import { Effect } from "effect"
import { requireVerifiedEmail } from "../../../application/accounts/email/RequireVerifiedEmail.ts"
import { getAccount } from "../../../application/accounts/GetAccount.ts"
import { register } from "../../../application/accounts/Register.ts"
import { authenticate } from "../../../application/accounts/sessions/Authenticate.ts"
import { listSessions } from "../../../application/accounts/sessions/ListSessions.ts"
import { logIn } from "../../../application/accounts/sessions/LogIn.ts"
import { logOut } from "../../../application/accounts/sessions/LogOut.ts"
import { refreshSession } from "../../../application/accounts/sessions/RefreshSession.ts"
import { revokeSession } from "../../../application/accounts/sessions/RevokeSession.ts"
import { createCategory } from "../../../application/categories/CreateCategory.ts"
import { deleteCategory } from "../../../application/categories/DeleteCategory.ts"
import { listCategories } from "../../../application/categories/ListCategories.ts"
import type { Ports } from "../../../application/Ports.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { assignCategory } from "../../../application/tasks/AssignCategory.ts"
import { createTask } from "../../../application/tasks/CreateTask.ts"
import { deleteTask } from "../../../application/tasks/DeleteTask.ts"
import { getTask } from "../../../application/tasks/GetTask.ts"
import { importTask } from "../../../application/tasks/ImportTask.ts"
import { listTasks } from "../../../application/tasks/ListTasks.ts"
import { removeCategory } from "../../../application/tasks/RemoveCategory.ts"
import { updateTask } from "../../../application/tasks/UpdateTask.ts"
import { type AccountNotFound, InvalidAccessToken } from "../../../domain/accounts/AccountErrors.ts"
import { Device } from "../../../domain/accounts/Session.ts"
import { VersionConflict } from "../../../domain/tasks/Task.ts"
import { Unreachable } from "../CliErrors.ts"
import type { Instance } from "../Instance.ts"
import type { AuthenticatedBackend, Backend } from "./Backend.ts"

export interface LocalOptions {
  readonly instance: Instance
  /** Whether only users with a verified email address may work with tasks, like the setting of a server. */
  readonly isVerifiedEmailRequired: boolean
}

const device = Device.make("Taskwright CLI")
/** Failed logins count for this process as if they came from one address. */
const ip = "local"

/** Builds the backend from the use cases. */
export const makeLocalBackend = (options: LocalOptions) =>
  Effect.map(Effect.context<Ports>(), (ports): Backend["Service"] => {
    const run = <A, E>(effect: Effect.Effect<A, E, Ports>) =>
      effect.pipe(
        Effect.provideContext(ports),
        Effect.catchDefect((defect) =>
          defect instanceof Unavailable
            ? Effect.fail(new Unreachable({ message: `Not available at the moment: ${defect.dependency}` }))
            : Effect.die(defect),
        ),
      )

    const withAccessToken = (accessToken: string): AuthenticatedBackend => {
      const identity = authenticate({ accessToken })
      const call = <A, E>(use: (who: Effect.Success<typeof identity>) => Effect.Effect<A, E, Ports>) =>
        run(Effect.flatMap(identity, use))
      const verified = <A, E>(use: (who: Effect.Success<typeof identity>) => Effect.Effect<A, E, Ports>) =>
        call((who) =>
          options.isVerifiedEmailRequired
            ? Effect.andThen(orGone(requireVerifiedEmail({ userId: who.userId })), use(who))
            : use(who),
        )
      return {
        profile: call(({ userId }) => orGone(getAccount({ userId }))),
        logOut: call(logOut),
        listSessions: call(({ sessionId, userId }) =>
          Effect.map(listSessions({ userId, sessionId }), (sessions) =>
            sessions.map((session) => ({ ...session, isCurrent: session.id === sessionId })),
          ),
        ),
        endSession: (sessionId) => call(({ userId }) => revokeSession({ userId, sessionId })),
        createTask: (wanted) => verified(({ userId }) => orGone(createTask({ ...wanted, userId }))),
        listTasks: (query) => verified(({ userId }) => listTasks({ ...query, userId })),
        getTask: (taskId) => verified(({ userId }) => getTask({ userId, taskId })),
        updateTask: (taskId, version, changes) =>
          verified(({ userId }) => updateTask({ ...changes, userId, taskId, version })),
        deleteTask: (taskId) => verified(({ userId }) => ofAnyVersion(deleteTask({ userId, taskId }))),
        assignCategory: (taskId, categoryId) =>
          verified(({ userId }) => ofAnyVersion(assignCategory({ userId, taskId, categoryId }))),
        removeCategory: (taskId, categoryId) =>
          verified(({ userId }) => ofAnyVersion(removeCategory({ userId, taskId, categoryId }))),
        importTask: (wanted) => verified(({ userId }) => orGone(importTask({ ...wanted, userId }))),
        createCategory: (wanted) => verified(({ userId }) => orGone(createCategory({ ...wanted, userId }))),
        listCategories: verified(({ userId }) => listCategories({ userId })),
        deleteCategory: (categoryId) => verified(({ userId }) => deleteCategory({ userId, categoryId })),
      }
    }

    return {
      instance: options.instance,
      register: (wanted) => run(Effect.map(register({ ...wanted, ip, device }), signedIn)),
      logIn: (wanted) => run(Effect.map(logIn({ ...wanted, ip, device }), signedIn)),
      refresh: (refreshToken) => run(refreshSession({ refreshToken })),
      withAccessToken,
    }
  })

const signedIn = ({ account, tokens }: Effect.Success<ReturnType<typeof logIn>>) => ({ user: account, tokens })

/** For a call that accepts any version: a version conflict is a defect. */
const ofAnyVersion = <A, E, R>(effect: Effect.Effect<A, E | VersionConflict, R>): Effect.Effect<A, E, R> =>
  Effect.catch(effect, (error) => (error instanceof VersionConflict ? Effect.die(error) : Effect.fail(error)))

/** Maps a deleted account to an invalid token: the token is valid, but its user no longer exists. */
const orGone = <A, E, R>(effect: Effect.Effect<A, E | AccountNotFound, R>) =>
  Effect.catchIf(
    effect,
    (error): error is Extract<E | AccountNotFound, AccountNotFound> =>
      (error as { readonly _tag?: string })._tag === "AccountNotFound",
    () => Effect.fail(new InvalidAccessToken()),
  )
