/** Renders problems as HTML pages, for requests from the pages of the service. */
import { problemContentType } from "../../api/v1/ProblemSchemas.ts"
import type { HttpResponse } from "../response/HttpResponse.ts"
import { html } from "./Html.ts"
import { type HtmlPage, htmlResponse } from "./HtmlPage.ts"

/** Renders a problem as a page with the same status and headers; returns any other response unchanged. */
export const toHtmlPage = (response: HttpResponse, requestId: string): HttpResponse => {
  const { "content-type": contentType, ...headers } = response.headers
  return contentType === problemContentType
    ? htmlResponse(response.status, pageOf(response.status, requestId, headers["retry-after"]), headers)
    : response
}

const pageOf = (status: number, requestId: string, seconds: string | undefined): HtmlPage => {
  if (status === 429) {
    return {
      title: "Too many requests",
      content: html`<p role="alert">Nothing was done. Wait ${seconds ?? "60"} seconds, then try again.</p>`,
    }
  }
  if (status >= 500) {
    return {
      title: "This did not work",
      content: html`<p role="alert">The service has a problem at the moment. Try again in a minute or two.</p>
<p class="hint">If you ask for help, tell this number: ${requestId}</p>`,
    }
  }
  return invalidFormPage(status === 413 ? "It is larger than 64 KiB." : "It is not in the form's media type.")
}

/** The request is not one that the page's form sends. `reason` is meant for developers. */
export const invalidFormPage = (reason: string): HtmlPage => ({
  title: "This cannot be read",
  content: html`<p role="alert">Nothing was done: this page takes only what its own form sends.</p>
<p>Open the link in the mail once more.</p>
<p class="hint">${reason}</p>`,
})
