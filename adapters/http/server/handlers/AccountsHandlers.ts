/** Connects the endpoints for accounts and sessions to their use cases. */
import { Effect } from "effect"
import { requireSession } from "../../../../application/access/Access.ts"
import { resendVerification } from "../../../../application/accounts/email/ResendVerification.ts"
import { verifyEmail } from "../../../../application/accounts/email/VerifyEmail.ts"
import { getAccount } from "../../../../application/accounts/GetAccount.ts"
import { changePassword } from "../../../../application/accounts/passwords/ChangePassword.ts"
import { logIn } from "../../../../application/accounts/passwords/LogIn.ts"
import { requestPasswordReset } from "../../../../application/accounts/passwords/RequestPasswordReset.ts"
import { resetPassword } from "../../../../application/accounts/passwords/ResetPassword.ts"
import { renameAccount } from "../../../../application/accounts/RenameAccount.ts"
import { deleteAccount } from "../../../../application/accounts/registration/DeleteAccount.ts"
import { register } from "../../../../application/accounts/registration/Register.ts"
import { listSessions } from "../../../../application/accounts/sessions/ListSessions.ts"
import { logOut } from "../../../../application/accounts/sessions/LogOut.ts"
import { refreshSession } from "../../../../application/accounts/sessions/RefreshSession.ts"
import { revokeSession } from "../../../../application/accounts/sessions/RevokeSession.ts"
import { signOutEverywhere } from "../../../../application/accounts/sessions/SignOutEverywhere.ts"
import type { TokenPair } from "../../../../application/accounts/sessions/StartSession.ts"
import type { AuthApi, UsersApi } from "../../api/v1/AccountsApi.ts"
import { toSessionResource } from "../../api/v1/SessionResource.ts"
import { toRegisteredUser, toUserResource, toUserSummary } from "../../api/v1/UserResource.ts"
import { addressGroup } from "../request/ClientAddress.ts"
import type { RequestContext } from "../request/RequestContext.ts"
import { deviceFromUserAgent } from "../request/UserAgent.ts"
import type { Handlers } from "./Handlers.ts"

const tokenPair = ({ accessToken, refreshToken }: TokenPair) => ({
  access_token: accessToken,
  refresh_token: refreshToken,
})

const callerOf = ({ address, request }: RequestContext) => ({
  ip: addressGroup(address),
  device: deviceFromUserAgent(request.headers["user-agent"]),
})

export const authHandlers: Handlers<typeof AuthApi> = {
  register: Effect.fnUntraced(function* ({ payload: { email, full_name, password } }, context) {
    const { account, tokens } = yield* register({ email, password, fullName: full_name, ...callerOf(context) })
    return { user: toRegisteredUser(account), ...tokenPair(tokens) }
  }),
  logIn: Effect.fnUntraced(function* ({ payload }, context) {
    const { account, tokens } = yield* logIn({ ...payload, ...callerOf(context) })
    return { ...tokenPair(tokens), user: toUserSummary(account) }
  }),
  refresh: Effect.fnUntraced(function* ({ payload }) {
    return tokenPair(yield* refreshSession({ refreshToken: payload.refresh_token }))
  }),
  logOut: Effect.fnUntraced(function* (_, { identity }) {
    yield* logOut(yield* requireSession(identity))
  }),
  verifyEmail: Effect.fnUntraced(function* ({ payload }) {
    return { user: toUserResource(yield* verifyEmail(payload)) }
  }),
  resendVerification: Effect.fnUntraced(function* ({ payload }) {
    yield* resendVerification(payload)
  }),
  forgotPassword: Effect.fnUntraced(function* ({ payload }) {
    yield* requestPasswordReset(payload)
  }),
  resetPassword: Effect.fnUntraced(function* ({ payload }) {
    yield* resetPassword(payload)
  }),
  changePassword: Effect.fnUntraced(function* ({ payload: { current_password, new_password } }, { address, identity }) {
    const passwords = { currentPassword: current_password, newPassword: new_password }
    const { sessionId, userId } = yield* requireSession(identity)
    yield* changePassword({ userId, sessionId, ...passwords, ip: addressGroup(address) })
  }),
  listSessions: Effect.fnUntraced(function* (_, { identity }) {
    const { sessionId, userId } = yield* requireSession(identity)
    const sessions = yield* listSessions({ userId, sessionId })
    return { data: sessions.map((session) => toSessionResource(session, sessionId)) }
  }),
  signOutEverywhere: Effect.fnUntraced(function* ({ query: { tokens = "false" } }, { identity: { userId } }) {
    yield* signOutEverywhere({ userId, withTokens: tokens === "true" })
  }),
  endSession: Effect.fnUntraced(function* ({ params: { session_id } }, { identity: { userId } }) {
    yield* revokeSession({ userId, sessionId: session_id })
  }),
}

export const usersHandlers: Handlers<typeof UsersApi> = {
  getMe: Effect.fnUntraced(function* (_, { identity: { userId } }) {
    return { user: toUserResource(yield* getAccount({ userId })) }
  }),
  updateMe: Effect.fnUntraced(function* ({ payload: { full_name } }, { identity: { userId } }) {
    return { user: toUserResource(yield* renameAccount({ userId, fullName: full_name })) }
  }),
  deleteAccount: Effect.fnUntraced(function* ({ payload: { password } }, { address, identity: { userId } }) {
    yield* deleteAccount({ userId, password, ip: addressGroup(address) })
  }),
}
