/** The port between the commands and an instance that stores accounts and tasks. */
import { Context, type Effect, type Result } from "effect"
import type { TokenPair } from "../../../application/accounts/sessions/StartSession.ts"
import type { MergedTask } from "../../../application/tasks/MergeTask.ts"
import type * as Accounts from "../../../domain/accounts/AccountErrors.ts"
import type { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import type { Password, SubmittedPassword } from "../../../domain/accounts/Password.ts"
import type { Session } from "../../../domain/accounts/Session.ts"
import type { SessionId } from "../../../domain/accounts/SessionId.ts"
import type { FullName } from "../../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { Category, CategoryChanges, CategoryColor, CategoryName } from "../../../domain/categories/Category.ts"
import type {
  CategoryLimitReached,
  CategoryNameTaken,
  CategoryNotFound,
} from "../../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import type { UnknownVersion } from "../../../domain/changes/ChangeErrors.ts"
import type { StaleCategoryVersion, StaleTaskVersion } from "../../../domain/changes/StaleVersion.ts"
import type { NotDeleted } from "../../../domain/shared/NotDeleted.ts"
import type { NotOwner } from "../../../domain/shared/NotOwner.ts"
import type { CursorPageLimit, Page } from "../../../domain/shared/Page.ts"
import type { Version } from "../../../domain/shared/Version.ts"
import type { InvalidFilter, UnknownTimeZone } from "../../../domain/tasks/FilterErrors.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import type * as Tasks from "../../../domain/tasks/TaskErrors.ts"
import type { NewTaskFields, TaskChanges } from "../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import type { TaskImport } from "../../../domain/tasks/TaskImport.ts"
import type { TaskQuery, TaskSelection } from "../../../domain/tasks/TaskQuery.ts"
import type { ToolCall, ToolResult } from "../../mcp/ToolCall.ts"
import type { CommandFailed } from "../CliErrors.ts"
import type { Instance } from "../Instance.ts"
import type { AccountCalls, GuestAccountCalls } from "./AccountCalls.ts"
import type { BackendError, Call } from "./Call.ts"
import type { HistoryCalls } from "./HistoryCalls.ts"
import type { TokenCalls } from "./TokenCalls.ts"

/** The user and the tokens after a registration or a login. */
export interface SignedIn {
  readonly user: { readonly id: UserId; readonly email: EmailAddress; readonly fullName: FullName }
  readonly tokens: TokenPair
}

/** The result of a registration. */
export interface Registered extends SignedIn {
  /** Whether the account is the one that owned the local list, with its tasks. */
  readonly wasOwner: boolean
}

/** An active session. */
export interface ActiveSession extends Pick<Session, "id" | "device" | "createdAt" | "lastUsedAt" | "expiresAt"> {
  /** Whether it is the session that sends this request. */
  readonly isCurrent: boolean
}

/** A new task and the categories to assign to it. */
export interface TaskToCreate extends NewTaskFields {
  readonly categoryIds?: ReadonlyArray<CategoryId> | undefined
}

/** A task to import and the categories to assign to it. */
export interface TaskToImport extends TaskImport {
  readonly categoryIds: ReadonlyArray<CategoryId>
}

/** Selects and orders tasks, as the instance reads it. */
export interface ListSelection extends Omit<TaskSelection, "where"> {
  /** A text in the language of the API's filters. */
  readonly filter?: string | undefined
  /** The zone in which the filter's days begin and end. */
  readonly timeZone?: string | undefined
}

/** Selects a page by its number. */
export type PageQuery = ListSelection & Pick<TaskQuery, "page" | "limit">

/** Selects a page by the cursor that the page before names. */
export interface CursorQuery extends Omit<ListSelection, "filter" | "timeZone"> {
  readonly cursor: string
  readonly limit: CursorPageLimit
}

export interface CursorPage {
  readonly data: ReadonlyArray<Task>
  readonly nextCursor: string | null
}

type UpdateError = Tasks.TaskNotFound | StaleTaskVersion | UnknownVersion | Tasks.DueDateNotInFuture | NotOwner

/** Why a task is not imported. */
export type ImportError = Tasks.DueDateNotInFuture | CategoryNotFound | CategoryLimitReached | NotOwner | CommandFailed

/** What one call can import: so many tasks, and so many bytes of their JSON. A server takes a little more. */
export const maxImport = { tasks: 100, bytes: 400 * 1024 }

/** The calls of a signed-in user. Each concerns that user's data alone. */
export interface AuthenticatedBackend extends AccountCalls, HistoryCalls, TokenCalls {
  readonly logOut: Call<void>
  readonly listSessions: Call<ReadonlyArray<ActiveSession>>
  readonly revokeSession: (id: SessionId) => Call<void, Accounts.SessionNotFound>

  /** Creates the task and assigns its categories, as one unit. */
  readonly createTask: (
    input: TaskToCreate,
  ) => Call<Task, Tasks.DueDateNotInFuture | CategoryNotFound | CategoryLimitReached | NotOwner>
  readonly listTasks: (query: PageQuery) => Call<Page<Task>, InvalidFilter | UnknownTimeZone>
  /** Reads the page at the cursor, which is empty for the first page. `nextCursor` is null at the end of the list. */
  readonly listTasksByCursor: (query: CursorQuery) => Call<CursorPage>
  readonly getTask: (id: TaskId) => Call<Task, Tasks.TaskNotFound | NotOwner>
  /** Marks the tasks as completed, whatever their versions: all of them as one batch, or none. */
  readonly completeTasks: (ids: ReadonlyArray<TaskId>) => Call<ReadonlyArray<Task>, Tasks.TaskNotFound | NotOwner>
  /** Marks the tasks as in progress, whatever their versions: all of them as one batch, or none. */
  readonly startTasks: (ids: ReadonlyArray<TaskId>) => Call<ReadonlyArray<Task>, Tasks.TaskNotFound | NotOwner>
  readonly updateTask: (id: TaskId, version: Version, changes: TaskChanges) => Call<Task, UpdateError>
  /** Like `updateTask`, but keeps what was changed since the version, if no field is in conflict. */
  readonly mergeTask: (id: TaskId, version: Version, changes: TaskChanges) => Call<MergedTask, UpdateError>
  /** Deletes the tasks, whatever their versions: all of them as one batch, or none. */
  readonly deleteTasks: (ids: ReadonlyArray<TaskId>) => Call<void, Tasks.TaskNotFound | NotOwner>
  readonly assignCategory: (
    id: TaskId,
    categoryId: CategoryId,
  ) => Call<
    Task,
    Tasks.TaskNotFound | CategoryNotFound | Tasks.CategoryAlreadyAssigned | CategoryLimitReached | NotOwner
  >
  readonly removeCategory: (
    id: TaskId,
    categoryId: CategoryId,
  ) => Call<void, Tasks.TaskNotFound | CategoryNotFound | Tasks.CategoryNotAssigned | NotOwner>

  /**
   * Creates the tasks in their order, each with its original status and its categories, as one batch. Each stands alone,
   * and its result is in its place. At most `maxImport` at once.
   */
  readonly importTasks: (inputs: ReadonlyArray<TaskToImport>) => Call<ReadonlyArray<Result.Result<Task, ImportError>>>

  readonly createCategory: (input: {
    readonly name: CategoryName
    readonly color: CategoryColor | null
  }) => Call<Category, CategoryNameTaken | CategoryLimitReached>
  /** Sorted by name. */
  readonly listCategories: Call<ReadonlyArray<Category>>
  readonly updateCategory: (
    id: CategoryId,
    version: Version,
    changes: CategoryChanges,
  ) => Call<Category, CategoryNotFound | StaleCategoryVersion | UnknownVersion | CategoryNameTaken | NotOwner>
  readonly deleteCategory: (id: CategoryId) => Call<void, CategoryNotFound | NotOwner>
  /** Restores a category that the user deleted. */
  readonly restoreCategory: (
    id: CategoryId,
  ) => Call<Category, CategoryNotFound | NotDeleted | CategoryNameTaken | CategoryLimitReached | NotOwner>

  /** Calls a tool of assistants. The answer says it if the tool refuses. */
  readonly callTool: (call: ToolCall) => Call<ToolResult>
}

/** What the commands work on: the use cases in this process, or a server. No command knows which. */
export class Backend extends Context.Service<
  Backend,
  GuestAccountCalls & {
    readonly instance: Instance
    /** Whether it is a server, which takes API tokens. */
    readonly isServer: boolean
    /** Opens an account. The owner of the local list becomes that account. */
    readonly register: (input: {
      readonly email: EmailAddress
      readonly password: Password
      readonly fullName: FullName
    }) => Effect.Effect<Registered, Accounts.CommonPassword | Accounts.EmailTaken | BackendError>
    readonly logIn: (input: {
      readonly email: EmailAddress
      readonly password: SubmittedPassword
    }) => Effect.Effect<SignedIn, Accounts.InvalidCredentials | Accounts.TooManyAttempts | BackendError>
    /** Signs in the owner of the local list, without a password. Fails if a password is needed. */
    readonly signInOwner: Effect.Effect<SignedIn, Accounts.NoOwner | BackendError>
    readonly refresh: (refreshToken: string) => Effect.Effect<TokenPair, Accounts.InvalidRefreshToken | BackendError>
    readonly withAccessToken: (accessToken: string) => AuthenticatedBackend
  }
>()("taskwright/cli/Backend") {}
