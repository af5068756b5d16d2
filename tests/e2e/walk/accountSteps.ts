/** The random walks' operations on accounts and sessions. */
import { Effect, Option } from "effect"
import * as fc from "fast-check"
import { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import { issueVerificationToken } from "../../../application/accounts/email/IssueVerificationToken.ts"
import { VerifyEmail, verifyEmail } from "../../../application/accounts/email/VerifyEmail.ts"
import { GetAccount, getAccount } from "../../../application/accounts/GetAccount.ts"
import { ProfileCache } from "../../../application/accounts/ProfileCache.ts"
import { Authenticate, authenticate } from "../../../application/accounts/sessions/Authenticate.ts"
import { LogOut, logOut } from "../../../application/accounts/sessions/LogOut.ts"
import { RefreshSession, refreshSession } from "../../../application/accounts/sessions/RefreshSession.ts"
import { startSession, type TokenPair } from "../../../application/accounts/sessions/StartSession.ts"
import { IdGenerator } from "../../../application/shared/IdGenerator.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import type { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { PasswordHash } from "../../../domain/accounts/Password.ts"
import { profileOf } from "../../../domain/accounts/Profile.ts"
import { FullName, type UserAccount } from "../../../domain/accounts/UserAccount.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { command, done } from "./Answers.ts"
import * as input from "./inputs.ts"
import { type Model, type ModelSession, nowOf } from "./Model.ts"
import type { Plan } from "./Step.ts"
import { type Answer, accessTokenLifetimeMillis, refreshPolicy, unknownId } from "./Store.ts"

const passwordHash = PasswordHash.make("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g")
const verificationLifetimeMillis = 24 * 60 * 60 * 1000

/** Few addresses, so that they are often taken. */
const emailOf = (model: Model, n: number) => `walker${n}@walk${model.walk}.example.com` as EmailAddress

/** Stores an account, as registration does without its password. */
export const openAccount = (model: Model, { email }: { readonly email: number }): Plan => {
  const account = (id: string): UserAccount => ({
    id: id as UserId,
    email: emailOf(model, email),
    fullName: FullName.make(`Walker ${email}`),
    passwordHash,
    isEmailVerified: false,
    disabledAt: null,
    createdAt: nowOf(model),
    updatedAt: nowOf(model),
  })
  return {
    effect: Effect.gen(function* () {
      const accounts = yield* AccountRepository
      const ids = yield* IdGenerator
      yield* accounts.insert(account(yield* ids.next(UserId)))
    }),
    expected: ({ id }) => {
      const opened = account(id)
      if (model.users.some((user) => user.email === opened.email)) return { refused: "EmailTaken", email: opened.email }
      model.users.push(opened)
      return done
    },
  }
}

const notFound = (userId: string): Answer => ({ refused: "AccountNotFound", userId })

/** A user, or with 9 an unknown one. */
const accountInput = fc.record({ user: input.user, isUnknown: fc.nat({ max: 9 }).map((n) => n === 9) })
type AccountInput = typeof accountInput extends fc.Arbitrary<infer A> ? A : never

const userIdOf = (model: Model, { isUnknown, user }: AccountInput): UserId =>
  isUnknown ? (unknownId as UserId) : input.userAt(model, user).id

const get = (model: Model, named: AccountInput): Plan => {
  const userId = userIdOf(model, named)
  return {
    effect: command(GetAccount, getAccount, { userId }),
    expected: () => {
      const account = model.users.find(({ id }) => id === userId)
      return account === undefined ? notFound(userId) : { value: profileOf(account) }
    },
  }
}

const find = (model: Model, { email }: { readonly email: number }): Plan => ({
  effect: Effect.map(
    Effect.flatMap(AccountRepository, (accounts) => accounts.findByEmail(emailOf(model, email))),
    Option.getOrNull,
  ),
  expected: () => ({ value: model.users.find((user) => user.email === emailOf(model, email)) ?? null }),
})

const renameInput = fc.record({ account: accountInput, name: fc.constantFrom("Ada", "Grace Hopper", "🚀") })
type RenameInput = typeof renameInput extends fc.Arbitrary<infer A> ? A : never

const rename = (model: Model, { account: named, name }: RenameInput): Plan => {
  const userId = userIdOf(model, named)
  const renamed = (account: UserAccount): UserAccount => ({
    ...account,
    fullName: FullName.make(name),
    updatedAt: nowOf(model),
  })
  return {
    effect: Effect.gen(function* () {
      const accounts = yield* AccountRepository
      const profiles = yield* ProfileCache
      const { atomically } = yield* UnitOfWork
      yield* atomically(
        Effect.gen(function* () {
          yield* accounts.update(renamed(yield* accounts.getForUpdate(userId)))
          yield* profiles.invalidate(userId)
        }),
      )
    }),
    expected: () => {
      if (!model.users.some(({ id }) => id === userId)) return notFound(userId)
      changeUser(model, userId, renamed)
      return done
    },
  }
}

const changeUser = (model: Model, userId: string, change: (account: UserAccount) => UserAccount): UserAccount => {
  const index = model.users.findIndex(({ id }) => id === userId)
  const changed = change(input.userAt(model, index))
  model.users[index] = changed
  return changed
}

const askVerification = (model: Model, { user }: { readonly user: number }): Plan => {
  const account = input.userAt(model, user)
  return {
    effect: issueVerificationToken(account),
    expected: ({ observed }) => {
      const token = "value" in observed ? String(observed.value) : ""
      for (const verification of model.verifications)
        if (verification.userId === account.id) verification.isOpen = false
      const expiresAt = model.millis + verificationLifetimeMillis
      model.verifications.push({ userId: account.id, token, expiresAt, isOpen: true })
      return { value: token }
    },
  }
}

const verify = (model: Model, { ago }: { readonly ago: number }): Plan => {
  const verification = model.verifications.at(-1 - ago)
  return {
    effect: command(VerifyEmail, verifyEmail, { token: verification?.token ?? "nonsense" }),
    expected: () => {
      const isOpen = verification?.isOpen === true && model.millis < verification.expiresAt
      if (!isOpen) {
        // An expired token is refused, and the refusal does not remove it.
        return { refused: "InvalidVerificationToken" }
      }
      verification.isOpen = false
      const activated = changeUser(model, verification.userId, (account) =>
        account.isEmailVerified ? account : { ...account, isEmailVerified: true, updatedAt: nowOf(model) },
      )
      return { value: activated }
    },
  }
}

const logIn = (model: Model, { user }: { readonly user: number }): Plan => {
  const { id: userId } = input.userAt(model, user)
  return {
    effect: startSession(userId, null),
    expected: ({ id, observed }) => {
      const session: ModelSession = { id, userId, endedAt: null, refreshTokens: [], accessTokens: [] }
      model.sessions.push(session)
      return grant(model, session, observed)
    },
  }
}

/** Accepts the tokens of the first store, because they are random. They must be new, and the same in every store. */
const grant = (model: Model, session: ModelSession, observed: Answer): Answer => {
  if (!("value" in observed)) return { refused: "nothing: tokens were to be given" }
  const { accessToken, refreshToken } = observed.value as TokenPair
  if (findToken(model, refreshToken) !== undefined) return { refused: "nothing: a new token was to be given" }
  session.refreshTokens.push({
    token: refreshToken,
    expiresAt: model.millis + refreshPolicy.lifetimeMillis,
    replacedAt: null,
    successor: null,
  })
  grantAccess(model, session, accessToken)
  return { value: { accessToken, refreshToken } }
}

const grantAccess = (model: Model, session: ModelSession, token: string): void => {
  const issuedAt = model.millis - (model.millis % 1000)
  session.accessTokens.push({ token, expiresAt: issuedAt + accessTokenLifetimeMillis })
}

const findToken = (model: Model, token: string) =>
  model.sessions
    .flatMap((session) => session.refreshTokens.map((held) => ({ session, held })))
    .find(({ held }) => held.token === token)

/** The latest tokens are the likeliest to be valid. */
const tokenInput = fc.record({ ago: fc.nat({ max: 5 }), isNonsense: fc.nat({ max: 15 }).map((n) => n === 15) })
type TokenInput = typeof tokenInput extends fc.Arbitrary<infer A> ? A : never

const tokenOf = (tokens: ReadonlyArray<{ readonly token: string }>, { ago, isNonsense }: TokenInput): string =>
  isNonsense ? "nonsense" : (tokens.at(-1 - ago)?.token ?? "nothing yet")

const refresh = (model: Model, named: TokenInput): Plan => {
  const token = tokenOf(
    model.sessions.flatMap(({ refreshTokens }) => refreshTokens),
    named,
  )
  return {
    effect: command(RefreshSession, refreshSession, { refreshToken: token }),
    expected: ({ observed }) => {
      const refused = { refused: "InvalidRefreshToken" }
      const found = findToken(model, token)
      if (found === undefined) return refused
      const { held, session } = found
      if (session.endedAt !== null || held.expiresAt <= model.millis) return refused
      if (held.replacedAt === null) {
        const answer = grant(model, session, observed)
        held.replacedAt = model.millis
        held.successor = session.refreshTokens.at(-1) ?? null
        return answer
      }
      const isRecent = model.millis - held.replacedAt < refreshPolicy.reuseLeewayMillis
      if (isRecent && held.successor !== null && held.successor.replacedAt === null && "value" in observed) {
        const { accessToken } = observed.value as TokenPair
        grantAccess(model, session, accessToken)
        return { value: { accessToken, refreshToken: held.successor.token } }
      }
      session.endedAt = model.millis
      return refused
    },
  }
}

const end = (model: Model, { ago }: { readonly ago: number }): Plan => {
  const session = model.sessions.at(-1 - ago)
  // A logout presents an access token, which never outlives its session.
  const isRunning = session?.refreshTokens.some(({ expiresAt }) => expiresAt > model.millis) === true
  const [userId, sessionId] = isRunning ? [session.userId, session.id] : [unknownId, unknownId]
  return {
    effect: command(LogOut, logOut, { userId, sessionId }),
    expected: () => {
      if (isRunning) session.endedAt ??= model.millis
      return done
    },
  }
}

const identify = (model: Model, named: TokenInput): Plan => {
  const token = tokenOf(
    model.sessions.flatMap(({ accessTokens }) => accessTokens),
    named,
  )
  return {
    effect: command(Authenticate, authenticate, { accessToken: token }),
    expected: () => {
      for (const { accessTokens, endedAt, id: sessionId, userId } of model.sessions) {
        const held = accessTokens.find((each) => each.token === token && model.millis < each.expiresAt)
        if (held === undefined || endedAt !== null) continue
        return { value: { _tag: "Session", userId, sessionId, expiresAt: fromMillis(held.expiresAt) } }
      }
      return { refused: "InvalidAccessToken" }
    },
  }
}

const email = fc.nat({ max: 4 })
const ago = fc.nat({ max: 2 })

/** Every operation on accounts and sessions, with its input and its plan. */
export const accountSteps = {
  open: { input: fc.record({ email }), plan: openAccount },
  get: { input: accountInput, plan: get },
  find: { input: fc.record({ email }), plan: find },
  rename: { input: renameInput, plan: rename },
  askForVerification: { input: fc.record({ user: input.user }), plan: askVerification },
  verify: { input: fc.record({ ago }), plan: verify },
  logIn: { input: fc.record({ user: input.user }), plan: logIn },
  refresh: { input: tokenInput, plan: refresh },
  logOut: { input: fc.record({ ago }), plan: end },
  authenticate: { input: tokenInput, plan: identify },
}
