/** Routes requests to the pages that emails link to. */
import { Effect, Result } from "effect"
import { maxBodyBytes } from "../../api/v1/EndpointTags.ts"
import type { Pipeline } from "../middleware/Pipeline.ts"
import { parseForm } from "../request/FormBody.ts"
import type { PublicEndpoint } from "../routing/Endpoint.ts"
import type { Route } from "../routing/Route.ts"
import { htmlResponse } from "./HtmlPage.ts"
import { invalidFormPage, toHtmlPage } from "./ProblemPage.ts"
import { resetPasswordPage } from "./ResetPasswordPage.ts"
import { invalidLinkPage, type TokenPage, withToken } from "./TokenPage.ts"
import { verifyEmailPage } from "./VerifyEmailPage.ts"

const pages: ReadonlyArray<TokenPage> = [verifyEmailPage, resetPasswordPage]

/**
 * Returns the routes of these pages, under the same limits as the API. Opening a page changes nothing, because email
 * scanners and previews open links; its button submits the form. The response to the button is a page and not a
 * redirect, so it reports the result of this very request. Submitting the form again is harmless, and the page says so.
 */
export const tokenPages = (pipeline: Pipeline, deadlineMillis: number): ReadonlyArray<Route> => {
  const route = (method: string, path: Route["path"], endpoint: PublicEndpoint): Route => ({
    method,
    path,
    handle: (context) => pipeline(endpoint, context),
    deadlineMillis,
    present: toHtmlPage,
  })
  return pages.flatMap((page) =>
    addressesOf(page).flatMap(({ action, path }) => [
      route("GET", path, showForm(page, action)),
      route("POST", path, submitForm(page, action)),
    ]),
  )
}

/**
 * Returns the URL in our emails, and that URL with the slash that some programs append to it. The form is always sent
 * to the first. That URL is relative, because a proxy may publish the service under a path.
 */
const addressesOf = ({ path }: TokenPage) => {
  const name = path.slice(1)
  return [
    { path, action: name },
    { path: `${path}/`, action: `../${name}` },
  ] as const
}

/** The properties of an endpoint that is public, under the rate limit. */
const open = {
  mediaType: "application/x-www-form-urlencoded",
  isLimited: true,
  needsIdentity: false,
  maxBodyBytes,
} as const

/**
 * Renders the form for the token in the URL. Email services and campaigns append parameters to links; they are ignored.
 */
const showForm = ({ form }: TokenPage, action: string): PublicEndpoint => ({
  ...open,
  takesBody: false,
  handle: ({ query: { token } }) => withToken(token, (token) => Effect.succeed(htmlResponse(200, form(token, action)))),
})

/** Executes the form's request. The form sends its fields in the body, so a field in the URL is an error. */
const submitForm = ({ fields, submit }: TokenPage, action: string): PublicEndpoint => ({
  ...open,
  takesBody: true,
  handle: ({ query }, body) => {
    const names = ["token", ...fields]
    if (names.some((name) => Object.hasOwn(query, name))) return Effect.succeed(invalidLinkPage)
    const form = parseForm(body?.bytes ?? Buffer.alloc(0), names)
    if (Result.isFailure(form)) return Effect.succeed(htmlResponse(400, invalidFormPage(form.failure)))
    return withToken(form.success["token"], (token) => submit(token, form.success, action))
  },
})
