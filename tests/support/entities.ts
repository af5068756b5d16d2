/** Makes valid entities, ids and tokens for tests, and stores them. */
import { Effect } from "effect"
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { ApiTokenRepository } from "../../application/accounts/tokens/ApiTokenRepository.ts"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import type { IdempotencyRecord } from "../../application/changes/IdempotencyRecords.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { type ApiToken, ApiTokenName, issue } from "../../domain/accounts/ApiToken.ts"
import { ApiTokenId } from "../../domain/accounts/ApiTokenId.ts"
import { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { PasswordHash } from "../../domain/accounts/Password.ts"
import { Device, type RefreshToken, type Session, start } from "../../domain/accounts/Session.ts"
import { SessionId } from "../../domain/accounts/SessionId.ts"
import { TokenHash, TokenSalt } from "../../domain/accounts/TokenHash.ts"
import { FullName, type UserAccount } from "../../domain/accounts/UserAccount.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { type Category, CategoryName } from "../../domain/categories/Category.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { BatchId } from "../../domain/changes/BatchId.ts"
import { ChangeId } from "../../domain/changes/ChangeId.ts"
import { IdempotencyKey } from "../../domain/changes/IdempotencyKey.ts"
import { CursorPageLimit, defaultPageLimit, firstPage, PageLimit, PageNumber } from "../../domain/shared/Page.ts"
import { fromMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"
import { firstVersion } from "../../domain/shared/Version.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import type { TaskQuery } from "../../domain/tasks/TaskQuery.ts"

/** A time in the tests' own history: that many seconds after noon of 24 November 2026, UTC. */
export const at = (seconds: number): Timestamp => fromMillis(Date.UTC(2026, 10, 24, 12) + seconds * 1000)

export const newUserId = (): UserId => UserId.make(uuidV7Unsafe())
export const newTaskId = (): TaskId => TaskId.make(uuidV7Unsafe())
export const newCategoryId = (): CategoryId => CategoryId.make(uuidV7Unsafe())
export const newApiTokenId = (): ApiTokenId => ApiTokenId.make(uuidV7Unsafe())
export const newSessionId = (): SessionId => SessionId.make(uuidV7Unsafe())

export const newChangeId = (): ChangeId => ChangeId.make(uuidV7Unsafe())
export const newBatchId = (): BatchId => BatchId.make(uuidV7Unsafe())

/** 32 bytes in base64url with zeros as the last bits, as in a real SHA-256. */
const newBase64Url = (): string => `${uuidV7Unsafe().replaceAll("-", "")}AAAAAAAAAAA`
export const newTokenHash = (): TokenHash => TokenHash.make(newBase64Url())
export const newTokenSalt = (): TokenSalt => TokenSalt.make(newBase64Url())

/** Returns an email address that no other test uses. */
export const newEmail = (): EmailAddress => EmailAddress.make(`${uuidV7Unsafe()}@example.com`)

export const makeAccount = (fields: Partial<UserAccount> = {}): UserAccount => ({
  id: newUserId(),
  email: newEmail(),
  fullName: FullName.make("Ada Lovelace"),
  passwordHash: PasswordHash.make("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"),
  isEmailVerified: false,
  disabledAt: null,
  createdAt: at(0),
  updatedAt: at(0),
  ...fields,
})

export const makeTask = (userId: UserId, fields: Partial<Task> = {}): Task => ({
  id: newTaskId(),
  userId,
  title: TaskTitle.make("Water the plants"),
  description: null,
  status: "pending",
  priority: "medium",
  dueDate: null,
  categories: [],
  version: firstVersion,
  createdAt: at(0),
  updatedAt: at(0),
  ...fields,
})

export const makeCategory = (userId: UserId, fields: Partial<Category> = {}): Category => ({
  id: newCategoryId(),
  userId,
  name: CategoryName.make("Garden"),
  color: null,
  version: firstVersion,
  createdAt: at(0),
  updatedAt: at(0),
  ...fields,
})

export const makeSession = (
  userId: UserId,
  lifetimeMillis = 60_000,
): { readonly session: Session; readonly token: RefreshToken } =>
  start(
    { id: newSessionId(), userId, device: Device.make("Firefox on Linux"), tokenHash: newTokenHash() },
    { lifetimeMillis, reuseLeewayMillis: 0 },
    at(0),
  )

/** Makes a token that is valid for a day. */
export const makeApiToken = (userId: UserId, fields: Partial<ApiToken> = {}): ApiToken => ({
  ...issue(
    {
      id: newApiTokenId(),
      userId,
      name: ApiTokenName.make("nightly import"),
      scopes: ["tasks:read", "tasks:write"],
      prefix: "twk_aB3x",
    },
    1,
    at(0),
  ),
  ...fields,
})

export const makeRecord = (fields: Partial<IdempotencyRecord> = {}): IdempotencyRecord => ({
  key: IdempotencyKey.make(`key-${uuidV7Unsafe()}`),
  fingerprint: newBase64Url(),
  response: '{"status":200}',
  at: at(0),
  ...fields,
})

/** Makes a query for all tasks, newest first. */
export const makeQuery = (fields: Partial<TaskQuery> = {}): TaskQuery => ({
  sort: "created_at",
  order: "desc",
  page: firstPage,
  limit: defaultPageLimit,
  ...fields,
})
export const page = (number: number): PageNumber => PageNumber.make(number)
export const limit = (items: number): PageLimit => PageLimit.make(items)
export const cursorLimit = (items: number): CursorPageLimit => CursorPageLimit.make(items)

/** Stores the account of a user, so that tasks, categories and sessions can refer to it. */
export const keepAccount = Effect.fnUntraced(function* (fields: Partial<UserAccount> = {}) {
  const accounts = yield* AccountRepository
  const account = makeAccount(fields)
  yield* accounts.insert(account)
  return account
})

/** Stores the account of a user and returns its id. */
export const keepUser = Effect.map(Effect.suspend(keepAccount), ({ id }) => id)

export const keepTask = Effect.fnUntraced(function* (userId: UserId, fields: Partial<Task> = {}) {
  const tasks = yield* TaskRepository
  const task = makeTask(userId, fields)
  yield* tasks.insert(task)
  return task
})

export const keepCategory = Effect.fnUntraced(function* (userId: UserId, fields: Partial<Category> = {}) {
  const categories = yield* CategoryRepository
  const category = makeCategory(userId, fields)
  yield* categories.insert(category)
  return category
})

/** Stores an API token, and returns it with its hash. */
export const keepApiToken = Effect.fnUntraced(function* (userId: UserId, fields: Partial<ApiToken> = {}) {
  const tokens = yield* ApiTokenRepository
  const [token, hash] = [makeApiToken(userId, fields), newTokenHash()]
  yield* tokens.insert(token, hash)
  return { token, hash }
})
