/** Implements `AccountRepository` on the memory store. */
import { Effect, HashMap, Layer, Option, Result } from "effect"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { AccountNotFound, EmailTaken } from "../../domain/accounts/AccountErrors.ts"
import type { SessionId } from "../../domain/accounts/SessionId.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { compareCodePoints } from "../../domain/shared/CodePointOrder.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import * as MemoryChangeLog from "./MemoryChangeLog.ts"
import { withRevoked } from "./MemoryRevocations.ts"
import { MemoryStore, rowsOf, type State, type UserRows, withRows } from "./MemoryStore.ts"

const without = (state: State, rows: UserRows, at: Timestamp): State => {
  const running = HashMap.toValues(rows.sessions).filter(({ revokedAt }) => revokedAt === null)
  const runningIds = running.map(({ id }) => id)
  return {
    ...state,
    users: HashMap.remove(state.users, rows.account.id),
    userIds: HashMap.remove(state.userIds, rows.account.email),
    taskOwners: HashMap.removeMany(state.taskOwners, HashMap.keys(rows.tasks)),
    categoryOwners: HashMap.removeMany(state.categoryOwners, HashMap.keys(rows.categories)),
    apiTokenOwners: HashMap.removeMany(state.apiTokenOwners, HashMap.keys(rows.apiTokens)),
    revokedSessions: withRevoked(state.revokedSessions, runningIds, at),
  }
}

/** Accounts in the memory store. Deleting one deletes all rows of its user. */
export const layer: Layer.Layer<AccountRepository, never, MemoryStore> = Layer.effect(
  AccountRepository,
  Effect.gen(function* () {
    const { modify, now, read, write } = yield* MemoryStore

    const get = (userId: UserId) =>
      read((state) => {
        const rows = rowsOf(state, userId)
        return rows === undefined ? Effect.fail(new AccountNotFound({ userId })) : Effect.succeed(rows.account)
      })

    return AccountRepository.of({
      insert: (account) =>
        write((state) => {
          if (HashMap.has(state.userIds, account.email)) return Result.fail(new EmailTaken({ email: account.email }))
          if (HashMap.has(state.users, account.id)) throw new Error(`the id ${account.id} is not new`)
          return Result.succeed({
            ...withRows(state, account.id, {
              account,
              tasks: HashMap.empty(),
              categories: HashMap.empty(),
              categoryNames: HashMap.empty(),
              changes: MemoryChangeLog.empty,
              idempotencyRecords: HashMap.empty(),
              sessions: HashMap.empty(),
              refreshTokens: HashMap.empty(),
              apiTokens: HashMap.empty(),
              verification: null,
              reset: null,
              emails: HashMap.empty(),
            }),
            userIds: HashMap.set(state.userIds, account.email, account.id),
          })
        }),
      get,
      // A unit of work excludes all other writes, so reading is enough.
      getForUpdate: get,
      findByEmail: (email) =>
        read((state) =>
          Effect.succeed(
            Option.flatMap(HashMap.get(state.userIds, email), (userId) =>
              Option.map(HashMap.get(state.users, userId), ({ account }) => account),
            ),
          ),
        ),
      list: (after, limit) =>
        read(({ users }) =>
          Effect.succeed(
            HashMap.toValues(users)
              .map(({ account }) => account)
              .filter(({ id }) => after === null || compareCodePoints(id, after) > 0)
              .sort((one, other) => compareCodePoints(one.id, other.id))
              .slice(0, limit),
          ),
        ),
      update: (account) =>
        write((state) => {
          const rows = rowsOf(state, account.id)
          if (rows === undefined) return Result.fail(new AccountNotFound({ userId: account.id }))
          const stored = { ...account, email: rows.account.email }
          return Result.succeed(withRows(state, account.id, { ...rows, account: stored }))
        }),
      updateWithEmail: (account) =>
        write((state): Result.Result<State, AccountNotFound | EmailTaken> => {
          const rows = rowsOf(state, account.id)
          if (rows === undefined) return Result.fail(new AccountNotFound({ userId: account.id }))
          const holder = Option.getOrUndefined(HashMap.get(state.userIds, account.email))
          if (holder !== undefined && holder !== account.id)
            return Result.fail(new EmailTaken({ email: account.email }))
          return Result.succeed({
            ...withRows(state, account.id, { ...rows, account }),
            userIds: HashMap.set(HashMap.remove(state.userIds, rows.account.email), account.email, account.id),
          })
        }),
      delete: (userId) =>
        Effect.flatMap(now, (at) =>
          modify((state): Result.Result<readonly [ReadonlyArray<SessionId>, State], AccountNotFound> => {
            const rows = rowsOf(state, userId)
            if (rows === undefined) return Result.fail(new AccountNotFound({ userId }))
            return Result.succeed([[...HashMap.keys(rows.sessions)], without(state, rows, at)])
          }),
        ),
    })
  }),
)
