/** The user: stored credentials or an API token, and calls that refresh an expired access token. */
import { Effect, Redacted } from "effect"
import type { InvalidAccessToken } from "../../../domain/accounts/AccountErrors.ts"
import { firstPage, PageLimit } from "../../../domain/shared/Page.ts"
import { lockFile } from "../../filesystem/FileLock.ts"
import { type AuthenticatedBackend, Backend, type SignedIn } from "../backend/Backend.ts"
import { NotSignedIn, TokenRefused } from "../CliErrors.ts"
import { type Credentials, credentialsOf } from "./Credentials.ts"
import { environmentToken, idOfToken } from "./EnvironmentToken.ts"

/** Stores the credentials of the user that signs in. */
export const saveCredentials = Effect.fnUntraced(function* ({ tokens, user }: SignedIn) {
  const { instance } = yield* Backend
  const store = yield* credentialsOf(instance)
  // A refresh that began before must not overwrite it.
  yield* lockFile(store.lockPath)
  yield* store.write({
    place: instance.label,
    user_id: user.id,
    email: user.email,
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
  })
}, Effect.scoped)

/** The stored credentials. Fails if no user is signed in. */
export const storedCredentials = Effect.gen(function* () {
  const store = yield* credentialsOf((yield* Backend).instance)
  return (yield* store.read) ?? (yield* Effect.fail(new NotSignedIn({ hasEnded: false })))
})

/** The stored credentials. If there are none, signs in the owner of the local list, or fails. */
const requireCredentials = Effect.suspend(() => Effect.catchTag(storedCredentials, "NotSignedIn", signInOwner))

/** Signs in the owner of the local list, and stores the credentials. Fails with the error if a password is needed. */
const signInOwner = Effect.fnUntraced(function* (error: NotSignedIn) {
  const backend = yield* Backend
  const owner = yield* Effect.catchTag(backend.signInOwner, "NoOwner", () => Effect.fail(error))
  yield* saveCredentials(owner)
  return yield* storedCredentials
})

/** An id of the user for files of this machine: the user's own, or one that stands for the API token. */
export const localUserId = Effect.gen(function* () {
  const token = yield* environmentToken
  return token === null ? (yield* requireCredentials).user_id : idOfToken(token)
})

const firstTask = { sort: "created_at", order: "asc", page: firstPage, limit: PageLimit.make(1) } as const

/**
 * The id of the user's account. An API token may not read the account, so its id is that of the owner of its tasks, or of
 * its categories. Without any, it stands for the token, because no file can have something of the account.
 */
export const accountId = Effect.gen(function* () {
  const token = yield* environmentToken
  if (token === null) return (yield* requireCredentials).user_id
  const [task] = (yield* callAsUser((backend) => backend.listTasks(firstTask))).data
  if (task !== undefined) return task.userId
  const [category] = yield* callAsUser((backend) => backend.listCategories)
  return category?.userId ?? idOfToken(token)
})

/**
 * Makes calls as the user: with the API token in the environment, if there is one, else as the signed-in user. If the access token has expired, it is refreshed and the calls are repeated. The
 * rejected calls changed nothing, so nothing happens twice if `use` makes one call.
 */
export const callAsUser = <A, E, R>(use: (backend: AuthenticatedBackend) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const backend = yield* Backend
    const token = yield* environmentToken
    if (token !== null) {
      const called = use(backend.withAccessToken(Redacted.value(token)))
      return yield* Effect.catchIf(called, isExpired, () => Effect.fail(new TokenRefused()))
    }
    const stored = yield* requireCredentials
    return yield* use(backend.withAccessToken(stored.access_token)).pipe(
      Effect.catchIf(isExpired, () =>
        Effect.flatMap(Effect.catchTag(refreshCredentials(stored), "NotSignedIn", signInOwner), (fresh) =>
          Effect.catchIf(use(backend.withAccessToken(fresh.access_token)), isExpired, () =>
            Effect.fail(new NotSignedIn({ hasEnded: true })),
          ),
        ),
      ),
    )
  })

const isExpired = <E>(error: E): error is Extract<E, InvalidAccessToken> =>
  (error as { readonly _tag?: string } | null)?._tag === "InvalidAccessToken"

/**
 * Replaces the refresh token, which works once: presented again, it would end the session as stolen. So concurrent
 * commands take a lock, and the second one finds the new token. No interruption is possible between the response and
 * the file.
 */
const refreshCredentials = (seen: Credentials) =>
  Effect.gen(function* () {
    const backend = yield* Backend
    const store = yield* credentialsOf(backend.instance)
    yield* lockFile(store.lockPath)
    const stored = yield* store.read
    if (stored === null) return yield* Effect.fail(new NotSignedIn({ hasEnded: true }))
    if (stored.refresh_token !== seen.refresh_token) return stored
    const tokens = yield* backend
      .refresh(stored.refresh_token)
      .pipe(
        Effect.catchTag("InvalidRefreshToken", () =>
          Effect.andThen(store.remove, Effect.fail(new NotSignedIn({ hasEnded: true }))),
        ),
      )
    const fresh = { ...stored, access_token: tokens.accessToken, refresh_token: tokens.refreshToken }
    yield* store.write(fresh)
    return fresh
  }).pipe(Effect.scoped, Effect.uninterruptible)
