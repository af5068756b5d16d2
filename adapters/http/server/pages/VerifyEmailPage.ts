/** Serves the page on which users verify their email. */
import { Effect } from "effect"
import { verifyEmail } from "../../../../application/accounts/email/VerifyEmail.ts"
import { html } from "./Html.ts"
import { htmlResponse } from "./HtmlPage.ts"
import { expiredLinkPage, type TokenPage } from "./TokenPage.ts"

/** The page that the email after a registration links to. */
export const verifyEmailPage: TokenPage = {
  path: "/verify-email",
  fields: [],
  form: (token, action) => ({
    title: "Confirm your email address",
    content: html`<p>Press the button to confirm that this address is yours.</p>
<form method="post" action="${action}">
<input type="hidden" name="token" value="${token}">
<button>Confirm email address</button>
</form>
<p class="hint">If you did not sign up for Taskwright, close this page: nothing has happened.</p>`,
  }),
  submit: (token) =>
    Effect.match(verifyEmail({ token }), {
      onSuccess: ({ email }) =>
        htmlResponse(200, {
          title: "Your email address is confirmed",
          content: html`<p role="status">Thank you. ${email} is confirmed, and you can close this page.</p>`,
        }),
      onFailure: () =>
        expiredLinkPage(
          html`<p>If you have confirmed your address before, all is done. If not, ask for a new mail where you signed up.</p>
<p class="hint">In the API that is <code>POST /api/v1/auth/resend-verification</code>.</p>`,
        ),
    }),
}
