import { Context, Effect, Exit, HashMap, Layer, Option, Result, Semaphore } from "effect"
import type { EmailRequest } from "../../application/outbox/EmailRequests.ts"
import type { OutgoingEmail } from "../../application/outbox/Outbox.ts"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import type { EmailVerification } from "../../domain/accounts/EmailVerification.ts"
import type { PasswordReset } from "../../domain/accounts/PasswordReset.ts"
import type { RefreshToken, Session } from "../../domain/accounts/Session.ts"
import type { SessionId } from "../../domain/accounts/SessionId.ts"
import type { TokenHash } from "../../domain/accounts/TokenHash.ts"
import type { UserAccount } from "../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Category, CategoryName } from "../../domain/categories/Category.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import { fromMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"

/** A task, deleted or not. */
export interface TaskRow {
  readonly task: Task
  readonly deletedAt: Timestamp | null
}

/** A mail, whatever became of it: it waits while there is a time when it is due. */
export interface EmailRow {
  readonly email: OutgoingEmail
  readonly attempts: number
  readonly dueAt: Timestamp | null
  readonly sentAt: Timestamp | null
  readonly failedAt: Timestamp | null
  readonly lastError: string | null
}

/** All that one user owns. */
export interface UserRows {
  readonly account: UserAccount
  readonly tasks: HashMap.HashMap<TaskId, TaskRow>
  readonly categories: HashMap.HashMap<CategoryId, Category>
  readonly categoryNames: HashMap.HashMap<CategoryName, CategoryId>
  readonly sessions: HashMap.HashMap<SessionId, Session>
  readonly refreshTokens: HashMap.HashMap<TokenHash, RefreshToken>
  readonly verification: EmailVerification | null
  readonly reset: PasswordReset | null
  readonly emails: HashMap.HashMap<OutgoingEmail["id"], EmailRow>
}

/** An ended session, for those who ask across users. */
export interface EndedSession {
  readonly sessionId: SessionId
  readonly endedAt: Timestamp
}

/** Everything that is kept, as one immutable value, so that a unit of work is a value put in another's place. */
export interface State {
  readonly users: HashMap.HashMap<UserId, UserRows>
  readonly userIds: HashMap.HashMap<EmailAddress, UserId>
  readonly taskOwners: HashMap.HashMap<TaskId, UserId>
  readonly categoryOwners: HashMap.HashMap<CategoryId, UserId>
  /** By the time of their end. */
  readonly endedSessions: ReadonlyArray<EndedSession>
  /** By their ids. */
  readonly emailRequests: ReadonlyArray<EmailRequest>
  /** Whose the mails are that are still to be sent. What stands here of a user who is gone counts for nothing. */
  readonly waitingEmails: HashMap.HashMap<OutgoingEmail["id"], UserId>
}

const nothing: State = {
  users: HashMap.empty(),
  userIds: HashMap.empty(),
  taskOwners: HashMap.empty(),
  categoryOwners: HashMap.empty(),
  endedSessions: [],
  emailRequests: [],
  waitingEmails: HashMap.empty(),
}

/** What the user owns, if there is such a user. */
export const rowsOf = (state: State, userId: UserId): UserRows | undefined =>
  Option.getOrUndefined(HashMap.get(state.users, userId))

/**
 * What the user owns.
 *
 * @throws Error where there is no such user: nobody can own anything without an account.
 */
export const ownedRows = (state: State, userId: UserId): UserRows => {
  const rows = rowsOf(state, userId)
  if (rows === undefined) throw new Error(`there is no account ${userId}`)
  return rows
}

/** The state with the user's rows in the place of the older ones. */
export const withRows = (state: State, userId: UserId, rows: UserRows): State => ({
  ...state,
  users: HashMap.set(state.users, userId, rows),
})

/**
 * A state and the turn to change it. The store is one, and every unit works on one of its own, which takes the place of
 * the one it began from when the unit succeeds. Whoever changes a state holds its turn: the one write, or the unit
 * until it ends. So units exclude one another and plain writes, and nothing is lost or seen before its time.
 */
interface Workspace {
  state: State
  readonly turn: Semaphore.Semaphore
}

const beginFrom = (state: State): Workspace => ({ state, turn: Semaphore.makeUnsafe(1) })

/** Where the repositories of one memory set keep what they keep. */
export class MemoryStore extends Context.Service<
  MemoryStore,
  {
    /** The time by the store's clock, that of the process that made it. */
    readonly now: Effect.Effect<Timestamp>

    /** Looks at what is kept: inside a unit at what the unit has made of it. Never waits. */
    readonly read: <A, E>(look: (state: State) => Effect.Effect<A, E>) => Effect.Effect<A, E>

    /** Changes what is kept, or refuses to; what `decide` throws is a defect. */
    readonly modify: <A, E>(decide: (state: State) => Result.Result<readonly [A, State], E>) => Effect.Effect<A, E>

    /** As `modify`, where there is nothing to give back. */
    readonly write: <E = never>(decide: (state: State) => Result.Result<State, E>) => Effect.Effect<void, E>

    /** Keeps all writes of the effect if it succeeds, else none. */
    readonly atomically: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  }
>()("taskwright/memory/MemoryStore") {}

let stores = 0

/** A store that is empty, and gone with the process. */
export const layer: Layer.Layer<MemoryStore> = Layer.effect(
  MemoryStore,
  Effect.clockWith((clock) =>
    Effect.sync(() => {
      const root = beginFrom(nothing)
      // A key of its own: a unit of one store is none of another's business.
      const Current = Context.Reference<Workspace>(`taskwright/memory/Workspace/${++stores}`, {
        defaultValue: () => root,
      })

      const modify = <A, E>(decide: (state: State) => Result.Result<readonly [A, State], E>): Effect.Effect<A, E> =>
        Effect.withFiber((fiber) => {
          const workspace = fiber.getRef(Current)
          return workspace.turn.withPermit(
            Effect.suspend(() => {
              const decided = decide(workspace.state)
              if (Result.isFailure(decided)) return Effect.fail(decided.failure)
              const [value, state] = decided.success
              workspace.state = state
              return Effect.succeed(value)
            }),
          )
        })

      return MemoryStore.of({
        now: Effect.map(clock.currentTimeMillis, fromMillis),
        read: (look) => Effect.withFiber((fiber) => look(fiber.getRef(Current).state)),
        modify,
        write: (decide) => modify((state) => Result.map(decide(state), (next) => [undefined, next] as const)),
        atomically: (effect) =>
          Effect.withFiber((fiber) => {
            const outer = fiber.getRef(Current)
            return outer.turn.withPermit(
              Effect.suspend(() => {
                const inner = beginFrom(outer.state)
                return effect.pipe(
                  Effect.provideService(Current, inner),
                  Effect.onExit((exit) =>
                    Effect.sync(() => {
                      if (Exit.isSuccess(exit)) outer.state = inner.state
                    }),
                  ),
                )
              }),
            )
          }),
      })
    }),
  ),
)
