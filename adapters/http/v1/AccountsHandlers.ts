import { Effect } from "effect"
import { getAccount } from "../../../application/accounts/GetAccount.ts"
import { logIn } from "../../../application/accounts/LogIn.ts"
import { logOut } from "../../../application/accounts/LogOut.ts"
import { refreshSession } from "../../../application/accounts/RefreshSession.ts"
import { register } from "../../../application/accounts/Register.ts"
import { resendVerification } from "../../../application/accounts/ResendVerification.ts"
import type { TokenPair } from "../../../application/accounts/StartSession.ts"
import { verifyEmail } from "../../../application/accounts/VerifyEmail.ts"
import { addressGroup } from "../ClientAddress.ts"
import { RequestState } from "../RequestState.ts"
import type { AuthApi, UsersApi } from "./AccountsApi.ts"
import { CurrentIdentity } from "./Authentication.ts"
import type { Handlers } from "./Handlers.ts"
import { orProblem } from "./Problems.ts"
import { toRegisteredUser, toUserResource, toUserSummary } from "./UserResource.ts"

const tokenPair = ({ accessToken, refreshToken }: TokenPair) => ({
  access_token: accessToken,
  refresh_token: refreshToken,
})

export const authHandlers: Handlers<typeof AuthApi> = {
  register: Effect.fnUntraced(function* ({ payload: { email, full_name, password } }) {
    const { account, tokens } = yield* orProblem(register({ email, password, fullName: full_name }))
    return { user: toRegisteredUser(account), ...tokenPair(tokens) }
  }),
  logIn: Effect.fnUntraced(function* ({ payload }) {
    const { address } = yield* RequestState
    const { account, tokens } = yield* orProblem(logIn({ ...payload, ip: addressGroup(address) }))
    return { ...tokenPair(tokens), user: toUserSummary(account) }
  }),
  refresh: Effect.fnUntraced(function* ({ payload }) {
    return tokenPair(yield* orProblem(refreshSession({ refreshToken: payload.refresh_token })))
  }),
  logOut: Effect.fnUntraced(function* () {
    yield* logOut(yield* CurrentIdentity)
  }),
  verifyEmail: Effect.fnUntraced(function* ({ payload }) {
    return { user: toUserResource(yield* orProblem(verifyEmail(payload))) }
  }),
  resendVerification: Effect.fnUntraced(function* ({ payload }) {
    yield* resendVerification(payload)
  }),
}

export const usersHandlers: Handlers<typeof UsersApi> = {
  getMe: Effect.fnUntraced(function* () {
    const { userId } = yield* CurrentIdentity
    return { user: toUserResource(yield* orProblem(getAccount({ userId }))) }
  }),
}
