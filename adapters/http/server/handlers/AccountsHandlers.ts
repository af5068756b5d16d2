/** Connects the endpoints for accounts and sessions to their use cases. */
import { Effect } from "effect"
import { deleteAccount } from "../../../../application/accounts/DeleteAccount.ts"
import { resendVerification } from "../../../../application/accounts/email/ResendVerification.ts"
import { verifyEmail } from "../../../../application/accounts/email/VerifyEmail.ts"
import { getAccount } from "../../../../application/accounts/GetAccount.ts"
import { changePassword } from "../../../../application/accounts/passwords/ChangePassword.ts"
import { requestPasswordReset } from "../../../../application/accounts/passwords/RequestPasswordReset.ts"
import { resetPassword } from "../../../../application/accounts/passwords/ResetPassword.ts"
import { register } from "../../../../application/accounts/Register.ts"
import { renameAccount } from "../../../../application/accounts/RenameAccount.ts"
import { listSessions } from "../../../../application/accounts/sessions/ListSessions.ts"
import { logIn } from "../../../../application/accounts/sessions/LogIn.ts"
import { logOut } from "../../../../application/accounts/sessions/LogOut.ts"
import { refreshSession } from "../../../../application/accounts/sessions/RefreshSession.ts"
import { revokeSession } from "../../../../application/accounts/sessions/RevokeSession.ts"
import type { TokenPair } from "../../../../application/accounts/sessions/StartSession.ts"
import type { AuthApi, UsersApi } from "../../api/v1/AccountsApi.ts"
import { CurrentIdentity } from "../../api/v1/Authentication.ts"
import { toSessionResource } from "../../api/v1/SessionResource.ts"
import { toRegisteredUser, toUserResource, toUserSummary } from "../../api/v1/UserResource.ts"
import { addressGroup } from "../request/ClientAddress.ts"
import { RequestState } from "../request/RequestContext.ts"
import { deviceFromUserAgent } from "../request/UserAgent.ts"
import type { Handlers } from "./Handlers.ts"
import { toProblem } from "./ToProblem.ts"

const tokenPair = ({ accessToken, refreshToken }: TokenPair) => ({
  access_token: accessToken,
  refresh_token: refreshToken,
})

export const authHandlers: Handlers<typeof AuthApi> = {
  register: Effect.fnUntraced(function* ({ payload: { email, full_name, password } }) {
    const { address, userAgent } = yield* RequestState
    const caller = { ip: addressGroup(address), device: deviceFromUserAgent(userAgent) }
    const { account, tokens } = yield* toProblem(register({ email, password, fullName: full_name, ...caller }))
    return { user: toRegisteredUser(account), ...tokenPair(tokens) }
  }),
  logIn: Effect.fnUntraced(function* ({ payload }) {
    const { address, userAgent } = yield* RequestState
    const caller = { ip: addressGroup(address), device: deviceFromUserAgent(userAgent) }
    const { account, tokens } = yield* toProblem(logIn({ ...payload, ...caller }))
    return { ...tokenPair(tokens), user: toUserSummary(account) }
  }),
  refresh: Effect.fnUntraced(function* ({ payload }) {
    return tokenPair(yield* toProblem(refreshSession({ refreshToken: payload.refresh_token })))
  }),
  logOut: Effect.fnUntraced(function* () {
    yield* logOut(yield* CurrentIdentity)
  }),
  verifyEmail: Effect.fnUntraced(function* ({ payload }) {
    return { user: toUserResource(yield* toProblem(verifyEmail(payload))) }
  }),
  resendVerification: Effect.fnUntraced(function* ({ payload }) {
    yield* resendVerification(payload)
  }),
  forgotPassword: Effect.fnUntraced(function* ({ payload }) {
    yield* requestPasswordReset(payload)
  }),
  resetPassword: Effect.fnUntraced(function* ({ payload }) {
    yield* toProblem(resetPassword(payload))
  }),
  changePassword: Effect.fnUntraced(function* ({ payload: { current_password, new_password } }) {
    const { address } = yield* RequestState
    const passwords = { currentPassword: current_password, newPassword: new_password }
    yield* toProblem(changePassword({ ...(yield* CurrentIdentity), ...passwords, ip: addressGroup(address) }))
  }),
  listSessions: Effect.fnUntraced(function* () {
    const { sessionId, userId } = yield* CurrentIdentity
    const sessions = yield* listSessions({ userId, sessionId })
    return { data: sessions.map((session) => toSessionResource(session, sessionId)) }
  }),
  endSession: Effect.fnUntraced(function* ({ params: { session_id } }) {
    const { userId } = yield* CurrentIdentity
    yield* toProblem(revokeSession({ userId, sessionId: session_id }))
  }),
}

export const usersHandlers: Handlers<typeof UsersApi> = {
  getMe: Effect.fnUntraced(function* () {
    const { userId } = yield* CurrentIdentity
    return { user: toUserResource(yield* toProblem(getAccount({ userId }))) }
  }),
  updateMe: Effect.fnUntraced(function* ({ payload: { full_name } }) {
    const { userId } = yield* CurrentIdentity
    return { user: toUserResource(yield* toProblem(renameAccount({ userId, fullName: full_name }))) }
  }),
  deleteAccount: Effect.fnUntraced(function* ({ payload: { password } }) {
    const { userId } = yield* CurrentIdentity
    const { address } = yield* RequestState
    yield* toProblem(deleteAccount({ userId, password, ip: addressGroup(address) }))
  }),
}
