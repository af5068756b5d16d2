/** Holds the state of all memory repositories as one immutable value, and makes units of work atomic. */
import { Context, Effect, Exit, HashMap, Layer, Option, Result, Semaphore } from "effect"
import type { IdempotencyRecord } from "../../application/changes/IdempotencyRecords.ts"
import type { EmailRequest } from "../../application/outbox/EmailRequests.ts"
import type { OutgoingEmail } from "../../application/outbox/Outbox.ts"
import type { ApiToken } from "../../domain/accounts/ApiToken.ts"
import type { ApiTokenId } from "../../domain/accounts/ApiTokenId.ts"
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
import type { IdempotencyKey } from "../../domain/changes/IdempotencyKey.ts"
import { fromMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import type { ChangeLog } from "./MemoryChangeLog.ts"

/** A task, deleted or not. */
export interface TaskRow {
  readonly task: Omit<Task, "categories">
  /** The categories that are assigned to it, deleted ones included. */
  readonly categoryIds: ReadonlyArray<CategoryId>
  readonly deletedAt: Timestamp | null
}

/** A category, deleted or not. */
export interface CategoryRow {
  readonly category: Category
  readonly deletedAt: Timestamp | null
}

/** An email in any state: it waits as long as it has a due time. */
export interface EmailRow {
  readonly email: OutgoingEmail
  readonly attempts: number
  readonly dueAt: Timestamp | null
  readonly sentAt: Timestamp | null
  readonly failedAt: Timestamp | null
  readonly lastError: string | null
}

/** All rows that one user owns. */
export interface UserRows {
  readonly account: UserAccount
  readonly tasks: HashMap.HashMap<TaskId, TaskRow>
  readonly categories: HashMap.HashMap<CategoryId, CategoryRow>
  /** The names of the categories that are not deleted. */
  readonly categoryNames: HashMap.HashMap<CategoryName, CategoryId>
  readonly changes: ChangeLog
  readonly idempotencyRecords: HashMap.HashMap<IdempotencyKey, IdempotencyRecord>
  readonly sessions: HashMap.HashMap<SessionId, Session>
  readonly refreshTokens: HashMap.HashMap<TokenHash, RefreshToken>
  /** By the hashes of their secrets. */
  readonly apiTokens: HashMap.HashMap<TokenHash, ApiToken>
  readonly verification: EmailVerification | null
  readonly reset: PasswordReset | null
  readonly emails: HashMap.HashMap<OutgoingEmail["id"], EmailRow>
}

/** A revoked session or API token, for queries across users. */
export interface Revocation<Id> {
  readonly id: Id
  readonly revokedAt: Timestamp
}

/** All stored data as one immutable value, so that committing a unit of work replaces one value. */
export interface State {
  readonly users: HashMap.HashMap<UserId, UserRows>
  readonly userIds: HashMap.HashMap<EmailAddress, UserId>
  readonly taskOwners: HashMap.HashMap<TaskId, UserId>
  readonly categoryOwners: HashMap.HashMap<CategoryId, UserId>
  /** The owners of API tokens. Entries of revoked tokens are ignored. */
  readonly apiTokenOwners: HashMap.HashMap<TokenHash, UserId>
  /** Both are sorted by the time of revocation. */
  readonly revokedSessions: ReadonlyArray<Revocation<SessionId>>
  readonly revokedApiTokens: ReadonlyArray<Revocation<ApiTokenId>>
  /** Sorted by id. */
  readonly emailRequests: ReadonlyArray<EmailRequest>
  /** The owners of emails that are still to be sent. Entries of deleted users are ignored. */
  readonly waitingEmails: HashMap.HashMap<OutgoingEmail["id"], UserId>
}

const emptyState: State = {
  users: HashMap.empty(),
  userIds: HashMap.empty(),
  taskOwners: HashMap.empty(),
  categoryOwners: HashMap.empty(),
  apiTokenOwners: HashMap.empty(),
  revokedSessions: [],
  revokedApiTokens: [],
  emailRequests: [],
  waitingEmails: HashMap.empty(),
}

/** Returns the user's rows, or `undefined` if there is no such user. */
export const rowsOf = (state: State, userId: UserId): UserRows | undefined =>
  Option.getOrUndefined(HashMap.get(state.users, userId))

/**
 * Returns the user's rows.
 *
 * @throws Error if there is no such user: nothing can be owned without an account.
 */
export const ownedRows = (state: State, userId: UserId): UserRows => {
  const rows = rowsOf(state, userId)
  if (rows === undefined) throw new Error(`there is no account ${userId}`)
  return rows
}

/** Returns the state with the user's rows replaced. */
export const withRows = (state: State, userId: UserId, rows: UserRows): State => ({
  ...state,
  users: HashMap.set(state.users, userId, rows),
})

/**
 * A state and the lock to change it. The store has one of these, and every unit of work has its own. When a unit
 * succeeds, its state replaces the one it began from. Each writer holds the lock of the state that it changes: a plain
 * write for itself, a unit until it ends. So units exclude one another and plain writes. No write is lost, and none is
 * visible before its commit.
 */
interface Transaction {
  state: State
  readonly lock: Semaphore.Semaphore
}

const beginTransaction = (state: State): Transaction => ({ state, lock: Semaphore.makeUnsafe(1) })

/** The state that the repositories of one memory layer share. */
export class MemoryStore extends Context.Service<
  MemoryStore,
  {
    /** The time by the clock of the process that created the store. */
    readonly now: Effect.Effect<Timestamp>

    /** Reads the state; inside a unit of work, with the unit's own writes. Never waits. */
    readonly read: <A, E>(query: (state: State) => Effect.Effect<A, E>) => Effect.Effect<A, E>

    /** Changes the state or fails; an exception of `decide` is a defect. */
    readonly modify: <A, E>(decide: (state: State) => Result.Result<readonly [A, State], E>) => Effect.Effect<A, E>

    /** Like `modify`, without a result. */
    readonly write: <E = never>(decide: (state: State) => Result.Result<State, E>) => Effect.Effect<void, E>

    /** Commits all writes of the effect if it succeeds, and none otherwise. */
    readonly atomically: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  }
>()("taskwright/memory/MemoryStore") {}

let stores = 0

/** An empty store that is lost with the process. */
export const layer: Layer.Layer<MemoryStore> = Layer.effect(
  MemoryStore,
  Effect.clockWith((clock) =>
    Effect.sync(() => {
      const root = beginTransaction(emptyState)
      // A key of its own, so that a unit of one store does not affect another store.
      const Current = Context.Reference<Transaction>(`taskwright/memory/Transaction/${++stores}`, {
        defaultValue: () => root,
      })

      const modify = <A, E>(decide: (state: State) => Result.Result<readonly [A, State], E>): Effect.Effect<A, E> =>
        Effect.withFiber((fiber) => {
          const transaction = fiber.getRef(Current)
          return transaction.lock.withPermit(
            Effect.suspend(() => {
              const decided = decide(transaction.state)
              if (Result.isFailure(decided)) return Effect.fail(decided.failure)
              const [value, state] = decided.success
              transaction.state = state
              return Effect.succeed(value)
            }),
          )
        })

      return MemoryStore.of({
        now: Effect.map(clock.currentTimeMillis, fromMillis),
        read: (query) => Effect.withFiber((fiber) => query(fiber.getRef(Current).state)),
        modify,
        write: (decide) => modify((state) => Result.map(decide(state), (next) => [undefined, next] as const)),
        atomically: (effect) =>
          Effect.withFiber((fiber) => {
            const outer = fiber.getRef(Current)
            return outer.lock.withPermit(
              Effect.suspend(() => {
                const inner = beginTransaction(outer.state)
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
