import { Effect, Option } from "effect"
import { OpaqueTokens } from "../../../../application/accounts/tokens/OpaqueTokens.ts"
import type { Ports } from "../../../../application/Ports.ts"
import type { HttpResponse } from "../response/HttpResponse.ts"
import { type Html, html } from "./Html.ts"
import { type HtmlPage, htmlResponse } from "./HtmlPage.ts"

/** What a form sends besides its token. */
export type Fields = Readonly<Record<string, string>>

/** A page that a link in a mail leads to: it shows a form, and does what that form asks for. */
export interface TokenPage {
  readonly path: `/${string}`
  /** The names of the form's fields besides `token`. */
  readonly fields: ReadonlyArray<string>
  /**
   * The form, for a token that is well formed; `action` is the address that it is sent to, relative to the page's own.
   * It uses nothing up: programs open links too.
   */
  readonly form: (token: string, action: string) => HtmlPage
  readonly submit: (token: string, fields: Fields, action: string) => Effect.Effect<HttpResponse, never, Ports>
}

/** What to do with the token, or the answer that it is none: mail programs break long links. */
export const withToken = <R>(token: unknown, use: (token: string) => Effect.Effect<HttpResponse, never, R>) =>
  Effect.flatMap(OpaqueTokens, ({ read }) =>
    typeof token === "string" && Option.isSome(read(token)) ? use(token) : Effect.succeed(invalidLinkPage),
  )

/** The address is not one that a mail has. */
export const invalidLinkPage = htmlResponse(400, {
  title: "This link is not complete",
  content: html`<p role="alert">Nothing was done: the address of this page is not the one in our mail.</p>
<p>Copy the whole link from the mail into your browser, or ask for a new mail.</p>`,
})

/** A link that is well formed, and good for nothing any more. */
export const expiredLinkPage = (remedy: Html): HttpResponse =>
  htmlResponse(400, {
    title: "This link cannot be used",
    content: html`<p role="alert">Nothing was done: the link was used already, or has expired, or a newer one was sent.</p>
${remedy}`,
  })
