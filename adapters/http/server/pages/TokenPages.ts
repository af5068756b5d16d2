import { Effect, Result } from "effect"
import type { Gate } from "../middleware/Pipeline.ts"
import type { Endpoint } from "../request/Endpoint.ts"
import { parseForm } from "../request/FormBody.ts"
import type { RouteHandler } from "../request/RouteHandler.ts"
import type { Route } from "../request/Router.ts"
import { htmlResponse } from "./HtmlPage.ts"
import { unreadable } from "./ProblemPage.ts"
import { resetPasswordPage } from "./ResetPasswordPage.ts"
import { invalidLinkPage, type TokenPage, withToken } from "./TokenPage.ts"
import { verifyEmailPage } from "./VerifyEmailPage.ts"

const pages: ReadonlyArray<TokenPage> = [verifyEmailPage, resetPasswordPage]

/**
 * The pages that mails link to, under the same limits as the API. Opening one does nothing, for mail scanners and
 * previews do that; its button does. The answer to the button is a page and no redirect, so it says what became of this
 * very request; sending it again is harmless, and says so.
 */
export const tokenPages = (gate: Gate): ReadonlyArray<Route<RouteHandler>> => {
  const through =
    (call: Endpoint): RouteHandler =>
    (exchange) => {
      exchange.state.rendersHtml = true
      return gate(call, exchange)
    }
  return pages.flatMap((page) =>
    addressesOf(page).flatMap(({ action, path }) => [
      { method: "GET", path, does: through(showing(page, action)) },
      { method: "POST", path, does: through(submitting(page, action)) },
    ]),
  )
}

/**
 * The address in our mails, and that address with the slash that some programs append to it. The form is always sent to
 * the first one. It is a relative address, for a proxy may serve all of this under a path of its own.
 */
const addressesOf = ({ path }: TokenPage) => {
  const name = path.slice(1)
  return [
    { path, action: name },
    { path: `${path}/`, action: `../${name}` },
  ] as const
}

/** Anybody may, as often as the limits let them. */
const open = {
  mediaType: "application/x-www-form-urlencoded",
  isLimited: true,
  needsIdentity: false,
  needsVerifiedEmail: false,
} as const

/** Shows the form for the token in the address. Mail services and campaigns append parameters to links: those are ignored. */
const showing = ({ form, path }: TokenPage, action: string): Endpoint => ({
  ...open,
  route: `GET ${path}`,
  takesBody: false,
  answer: ({ query: { token } }) => withToken(token, (token) => Effect.succeed(htmlResponse(200, form(token, action)))),
})

/** Does what the form asks for. It sends its fields in the body, so none of them belongs in the address. */
const submitting = ({ fields, path, submit }: TokenPage, action: string): Endpoint => ({
  ...open,
  route: `POST ${path}`,
  takesBody: true,
  answer: ({ query }, body) => {
    const names = ["token", ...fields]
    if (names.some((name) => Object.hasOwn(query, name))) return Effect.succeed(invalidLinkPage)
    const form = parseForm(body ?? Buffer.alloc(0), names)
    if (Result.isFailure(form)) return Effect.succeed(htmlResponse(400, unreadable(form.failure)))
    return withToken(form.success["token"], (token) => submit(token, form.success, action))
  },
})
