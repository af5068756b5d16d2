import { Effect, Result } from "effect"
import type { Call } from "../Call.ts"
import type { Does } from "../Exchange.ts"
import { parseForm } from "../FormBody.ts"
import type { Gate } from "../Gate.ts"
import type { Route } from "../Routes.ts"
import { pageAnswer } from "./HtmlPage.ts"
import { unreadable } from "./ProblemPage.ts"
import { resetPasswordPage } from "./ResetPasswordPage.ts"
import { brokenLink, type TokenPage, withToken } from "./TokenPage.ts"
import { verifyEmailPage } from "./VerifyEmailPage.ts"

const pages: ReadonlyArray<TokenPage> = [verifyEmailPage, resetPasswordPage]

/**
 * The pages that mails link to, under the same limits as the API. Opening one does nothing, for mail scanners and
 * previews do that; its button does. The answer to the button is a page and no redirect, so it says what became of this
 * very request; sending it again is harmless, and says so.
 */
export const tokenPages = (gate: Gate): ReadonlyArray<Route<Does>> => {
  const through =
    (call: Call): Does =>
    (exchange) => {
      exchange.state.isForPeople = true
      return gate(call, exchange)
    }
  return pages.flatMap((page) => [
    { method: "GET", path: page.path, does: through(showing(page)) },
    { method: "POST", path: page.path, does: through(submitting(page)) },
  ])
}

/** Anybody may, as often as the limits let them. */
const open = {
  mediaType: "application/x-www-form-urlencoded",
  isLimited: true,
  needsIdentity: false,
  needsVerifiedEmail: false,
} as const

/** Shows the form for the token in the address, which is all that the link has. */
const showing = ({ form, path }: TokenPage): Call => ({
  ...open,
  route: `GET ${path}`,
  takesBody: false,
  answer: ({ query: { token, ...others } }) =>
    Object.keys(others).length > 0
      ? Effect.succeed(brokenLink)
      : withToken(token, (token) => Effect.succeed(pageAnswer(200, form(token)))),
})

/** Does what the form asks for. It has sent everything in its body, so nothing belongs in the address. */
const submitting = ({ fields, path, submit }: TokenPage): Call => ({
  ...open,
  route: `POST ${path}`,
  takesBody: true,
  answer: ({ query }, body) => {
    if (Object.keys(query).length > 0) return Effect.succeed(brokenLink)
    const form = parseForm(body ?? Buffer.alloc(0), ["token", ...fields])
    if (Result.isFailure(form)) return Effect.succeed(pageAnswer(400, unreadable(form.failure)))
    return withToken(form.success["token"], (token) => submit(token, form.success))
  },
})
