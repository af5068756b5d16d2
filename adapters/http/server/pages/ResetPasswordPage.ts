/** Serves the page on which users choose a new password. */
import { Effect, Result, Schema } from "effect"
import { resetPassword } from "../../../../application/accounts/passwords/ResetPassword.ts"
import { Password } from "../../../../domain/accounts/Password.ts"
import { commonPasswordMessage } from "../handlers/ToProblem.ts"
import { fieldErrors } from "../request/FieldErrors.ts"
import { html, nothing } from "./Html.ts"
import { type HtmlPage, htmlResponse } from "./HtmlPage.ts"
import { expiredLinkPage, type TokenPage } from "./TokenPage.ts"

const readFields = Schema.decodeUnknownResult(Schema.Struct({ password: Password }), { errors: "all" })

/**
 * The page that the email for a forgotten password links to. A password that breaks the rules does not use up the
 * token.
 */
export const resetPasswordPage: TokenPage = {
  path: "/reset-password",
  fields: ["password"],
  form: (token, action) => form(token, action, null),
  submit: (token, fields, action) => {
    const read = readFields(fields)
    if (Result.isFailure(read)) {
      const reasons = fieldErrors("body", read.failure).map(({ message }) => message)
      return Effect.succeed(htmlResponse(400, form(token, action, `The password ${reasons.join(" and ")}.`)))
    }
    return Effect.match(resetPassword({ token, password: read.success.password }), {
      onSuccess: () =>
        htmlResponse(200, {
          title: "Your password is changed",
          content: html`<p role="status">You are signed out everywhere. Log in with your new password.</p>`,
        }),
      onFailure: (error) =>
        error._tag === "CommonPassword"
          ? htmlResponse(400, form(token, action, `The password ${commonPasswordMessage}.`))
          : expiredLinkPage(
              html`<p>If you have just chosen a new password, log in with it. If not, ask for a new mail where you log in.</p>
<p class="hint">In the API that is <code>POST /api/v1/auth/forgot-password</code>.</p>`,
            ),
    })
  },
}

/** Renders the form, with the errors of the last submitted password. That password itself is never rendered. */
const form = (token: string, action: string, complaint: string | null): HtmlPage => {
  const alert = complaint === null ? nothing : html`<p id="complaint" class="complaint" role="alert">${complaint}</p>`
  const state =
    complaint === null ? html`aria-describedby="rule"` : html`aria-describedby="complaint rule" aria-invalid="true"`
  return {
    title: "Choose a new password",
    // No `maxlength`: a browser would silently truncate a pasted password.
    content: html`<form method="post" action="${action}">
<input type="hidden" name="token" value="${token}">
<label for="password">New password</label>
<input type="password" id="password" name="password" autocomplete="new-password" required minlength="8" autofocus ${state}>
${alert}
<p id="rule" class="hint">8 to 128 characters, with a lower-case letter, an upper-case letter and a digit. The most used passwords are refused.</p>
<button>Change password</button>
</form>
<p class="hint">This signs you out everywhere. If you did not ask for it, close this page: nothing has happened.</p>`,
  }
}
