/** Defines the pages that emails link to, and their responses to unusable links. */
import { Effect, Option } from "effect"
import { OpaqueTokens } from "../../../../application/accounts/tokens/OpaqueTokens.ts"
import type { Ports } from "../../../../application/Ports.ts"
import type { HttpResponse } from "../response/HttpResponse.ts"
import { type Html, html } from "./Html.ts"
import { type HtmlPage, htmlResponse } from "./HtmlPage.ts"

/** The fields of a form besides its token. */
export type Fields = Readonly<Record<string, string>>

/** A page that a link in an email opens: it renders a form, and executes the form's request. */
export interface TokenPage {
  readonly path: `/${string}`
  /** The names of the form's fields besides `token`. */
  readonly fields: ReadonlyArray<string>
  /**
   * Renders the form for a well-formed token. `action` is the URL that the form is sent to, relative to the page's own.
   * It does not use up the token, because programs open links, too.
   */
  readonly form: (token: string, action: string) => HtmlPage
  readonly submit: (token: string, fields: Fields, action: string) => Effect.Effect<HttpResponse, never, Ports>
}

/**
 * Calls `use` with a well-formed token; otherwise responds that the link is invalid, because email programs break long
 * links.
 */
export const withToken = <R>(token: unknown, use: (token: string) => Effect.Effect<HttpResponse, never, R>) =>
  Effect.flatMap(OpaqueTokens, ({ read }) =>
    typeof token === "string" && Option.isSome(read(token)) ? use(token) : Effect.succeed(invalidLinkPage),
  )

/** Responds to a URL that is not from one of our emails. */
export const invalidLinkPage = htmlResponse(400, {
  title: "This link is not complete",
  content: html`<p role="alert">Nothing was done: the address of this page is not the one in our mail.</p>
<p>Copy the whole link from the mail into your browser, or ask for a new mail.</p>`,
})

/** Responds to a link that is well formed, but no longer usable. */
export const expiredLinkPage = (remedy: Html): HttpResponse =>
  htmlResponse(400, {
    title: "This link cannot be used",
    content: html`<p role="alert">Nothing was done: the link was used already, or has expired, or a newer one was sent.</p>
${remedy}`,
  })
