/** The backend that runs the use cases in this process. */
import { Effect, Result } from "effect"
import { type AccessPolicy, makeAccess, type Permission } from "../../../application/access/Access.ts"
import { claimOwner } from "../../../application/accounts/owner/ClaimOwner.ts"
import { signInOwner } from "../../../application/accounts/owner/SignInOwner.ts"
import { logIn } from "../../../application/accounts/passwords/LogIn.ts"
import { type Register, register } from "../../../application/accounts/registration/Register.ts"
import { authenticate } from "../../../application/accounts/sessions/Authenticate.ts"
import { listSessions } from "../../../application/accounts/sessions/ListSessions.ts"
import { logOut } from "../../../application/accounts/sessions/LogOut.ts"
import { refreshSession } from "../../../application/accounts/sessions/RefreshSession.ts"
import { revokeSession } from "../../../application/accounts/sessions/RevokeSession.ts"
import { createCategory } from "../../../application/categories/CreateCategory.ts"
import { deleteCategory } from "../../../application/categories/DeleteCategory.ts"
import { listCategories } from "../../../application/categories/ListCategories.ts"
import { restoreCategory } from "../../../application/categories/RestoreCategory.ts"
import { updateCategory } from "../../../application/categories/UpdateCategory.ts"
import { makeMutation, runAsMutation } from "../../../application/changes/Mutation.ts"
import type { Ports } from "../../../application/Ports.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { assignCategory } from "../../../application/tasks/AssignCategory.ts"
import { createTask } from "../../../application/tasks/CreateTask.ts"
import { getTask } from "../../../application/tasks/GetTask.ts"
import { importTask } from "../../../application/tasks/ImportTask.ts"
import { listTasks } from "../../../application/tasks/ListTasks.ts"
import { listTasksByCursor } from "../../../application/tasks/ListTasksByCursor.ts"
import { mergeTask } from "../../../application/tasks/MergeTask.ts"
import { removeCategory } from "../../../application/tasks/RemoveCategory.ts"
import { updateTask } from "../../../application/tasks/UpdateTask.ts"
import { InvalidAccessToken, NoOwner } from "../../../domain/accounts/AccountErrors.ts"
import type { SessionIdentity } from "../../../domain/accounts/Identity.ts"
import type { BatchId } from "../../../domain/changes/BatchId.ts"
import { newUuid } from "../../ids/RandomUuid.ts"
import type { LocalEnvironment } from "../CliEnvironment.ts"
import { Unreachable } from "../CliErrors.ts"
import { type AuthenticatedBackend, Backend } from "./Backend.ts"
import { localCaller, makeLocalAccount, makeLocalGuest } from "./LocalAccounts.ts"
import { deleteTasks, setStatuses } from "./LocalBatch.ts"
import { dieIfStale, failIfDeleted } from "./LocalErrors.ts"
import { makeLocalHistory } from "./LocalHistory.ts"
import { makeLocalTokens } from "./LocalTokens.ts"

export interface LocalOptions extends AccessPolicy, Pick<LocalEnvironment, "instance" | "isPersonal"> {}

/** The number of tasks that are created concurrently. */
const importConcurrency = 8

/** Builds the backend from the use cases. */
export const makeLocalBackend = (options: LocalOptions) =>
  Effect.gen(function* () {
    const ports = yield* Effect.context<Ports>()
    const access = yield* makeAccess(options)

    // Only a command that serves an assistant loads the tools.
    const callTool = yield* Effect.cached(
      Effect.flatMap(
        Effect.promise(() => import("../../mcp/CallTool.ts")),
        ({ makeCallTool }) => Effect.provideContext(makeCallTool(options), ports),
      ),
    )

    const run = <A, E>(effect: Effect.Effect<A, E, Ports>) => failIfUnavailable(Effect.provideContext(effect, ports))

    const withAccessToken = (accessToken: string): AuthenticatedBackend => {
      const authenticated = authenticate({ accessToken })
      const callWith =
        (permission: Permission) =>
        <A, E>(use: (identity: SessionIdentity) => Effect.Effect<A, E, Ports>) =>
          run(
            Effect.flatMap(authenticated, (identity) =>
              access.decide(identity, permission, use(identity), Effect.fail),
            ),
          )
      const onAccount = callWith("account")
      const onTasks = callWith("tasks")
      /** Runs a use case that changes tasks or categories. Its changes are one batch of the session. */
      const changeTasks = <A, E>(use: (identity: SessionIdentity) => Effect.Effect<A, E, Ports>) =>
        onTasks((identity) => runAsMutation(mutationOf(identity), use(identity)))
      return {
        ...makeLocalAccount(onAccount),
        callTool: (call) =>
          onAccount((identity) => Effect.flatMap(callTool, (run) => run(call, { identity, requestId: null }))),
        ...makeLocalHistory(onTasks, changeTasks),
        ...makeLocalTokens(onAccount),
        logOut: onAccount(logOut),
        listSessions: onAccount(({ sessionId, userId }) =>
          Effect.map(listSessions({ userId, sessionId }), (sessions) =>
            sessions.map((session) => ({ ...session, isCurrent: session.id === sessionId })),
          ),
        ),
        revokeSession: (sessionId) => onAccount(({ userId }) => revokeSession({ userId, sessionId })),
        createTask: (input) => changeTasks(({ userId }) => failIfDeleted(createTask({ ...input, userId }))),
        listTasks: (query) => onTasks(({ userId }) => listTasks({ ...query, userId })),
        // The cursor is that of the page before in the same list.
        listTasksByCursor: (query) => onTasks(({ userId }) => Effect.orDie(listTasksByCursor({ ...query, userId }))),
        getTask: (taskId) => onTasks(({ userId }) => getTask({ userId, taskId })),
        completeTasks: (ids) => changeTasks(({ userId }) => setStatuses(userId, ids, "completed")),
        startTasks: (ids) => changeTasks(({ userId }) => setStatuses(userId, ids, "in_progress")),
        updateTask: (taskId, version, changes) =>
          changeTasks(({ userId }) => updateTask({ ...changes, userId, taskId, version })),
        mergeTask: (taskId, version, changes) =>
          changeTasks(({ userId }) => mergeTask({ ...changes, userId, taskId, version })),
        deleteTasks: (ids) => changeTasks(({ userId }) => deleteTasks(userId, ids)),
        assignCategory: (taskId, categoryId) =>
          changeTasks(({ userId }) => dieIfStale(assignCategory({ userId, taskId, categoryId }))),
        removeCategory: (taskId, categoryId) =>
          changeTasks(({ userId }) => dieIfStale(removeCategory({ userId, taskId, categoryId }))),
        importTasks: (inputs) =>
          changeTasks(({ userId }) =>
            Effect.forEach(inputs, (input) => toResult(failIfDeleted(importTask({ ...input, userId }))), {
              concurrency: importConcurrency,
            }),
          ),
        createCategory: (input) => changeTasks(({ userId }) => failIfDeleted(createCategory({ ...input, userId }))),
        listCategories: onTasks(({ userId }) => listCategories({ userId })),
        updateCategory: (categoryId, version, changes) =>
          changeTasks(({ userId }) => updateCategory({ ...changes, userId, categoryId, version })),
        deleteCategory: (categoryId) => changeTasks(({ userId }) => dieIfStale(deleteCategory({ userId, categoryId }))),
        restoreCategory: (categoryId) =>
          changeTasks(({ userId }) => dieIfStale(restoreCategory({ userId, categoryId }))),
      }
    }

    return Backend.of({
      ...makeLocalGuest(run),
      instance: options.instance,
      isServer: false,
      register: (input) => run(registerHere({ ...input, ...localCaller })),
      signInOwner: options.isPersonal
        ? run(Effect.map(signInOwner(localCaller), signedIn))
        : Effect.fail(new NoOwner()),
      logIn: (input) => run(Effect.map(logIn({ ...input, ...localCaller }), signedIn)),
      refresh: (refreshToken) => run(refreshSession({ refreshToken })),
      withAccessToken,
    })
  })

/** Maps the defect of an unavailable dependency to an error of the command. */
export const failIfUnavailable = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E | Unreachable> =>
  Effect.catchDefect(effect, (defect) =>
    defect instanceof Unavailable
      ? Effect.fail(new Unreachable({ message: `Not available at the moment: ${defect.dependency}` }))
      : Effect.die(defect),
  )

const mutationOf = (identity: SessionIdentity) =>
  makeMutation(identity, { batchId: newUuid() as BatchId, requestId: null, onChange: () => {} })

/** An owner of another list may have come with a restored backup, so it is claimed in a shared database too. */
const registerHere = (command: Register) =>
  Effect.map(claimOwner(command), (claimed) => ({ ...signedIn(claimed), wasOwner: true })).pipe(
    Effect.catchTag("NoOwner", () =>
      Effect.map(register(command), (registered) => ({ ...signedIn(registered), wasOwner: false })),
    ),
  )

const signedIn = ({ account, tokens }: Effect.Success<ReturnType<typeof logIn>>) => ({ user: account, tokens })

/** Returns the error of one task as its result. An invalid token is the error of the whole call. */
const toResult = <A, E>(effect: Effect.Effect<A, E | InvalidAccessToken, Ports>) =>
  Effect.catch(Effect.map(effect, Result.succeed<A>), (error) =>
    error instanceof InvalidAccessToken ? Effect.fail(error) : Effect.succeed(Result.fail(error as E)),
  )
