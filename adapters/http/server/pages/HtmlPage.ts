/** Renders the HTML pages of the service, with their style and security headers. */
import { createHash } from "node:crypto"
import { HttpResponse } from "../response/HttpResponse.ts"
import { type Html, html } from "./Html.ts"

/** The content of a page: its title and its body. */
export interface HtmlPage {
  readonly title: string
  readonly content: Html
}

const style = `
:root { color-scheme: light dark; --ink: #1c2430; --paper: #f3f5f8; --card: #fff; --line: #7b8794; --accent: #1453b8; --on-accent: #fff; --bad: #b3201f }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e5eaf0; --paper: #12171d; --card: #1c232b; --line: #8894a1; --accent: #8ab6ff; --on-accent: #101720; --bad: #ffa198 }
}
body { margin: 0; padding: 1rem; color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word }
main { max-width: 28rem; margin: 10vh auto 0; padding: 1.5rem 2rem 2rem; background: var(--card); border-radius: 0.75rem }
h1 { margin: 0.5rem 0 1rem; font-size: 1.5rem; line-height: 1.25 }
a { color: var(--accent) }
form { margin: 1rem 0 1.5rem }
label { display: block; font-weight: 600 }
input { box-sizing: border-box; width: 100%; margin: 0.25rem 0; padding: 0.625rem; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 0.375rem; font: inherit }
input[aria-invalid] { border-color: var(--bad) }
button { margin: 0.5rem 0 0; padding: 0.625rem 1.25rem; color: var(--on-accent); background: var(--accent); border: 1px solid transparent; border-radius: 0.375rem; font: inherit; font-weight: 600; cursor: pointer }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.hint { margin: 0.25rem 0; font-size: 0.875rem }
.complaint { margin: 0.25rem 0; color: var(--bad); font-weight: 600 }
`

const styleHash = createHash("sha256").update(style).digest("base64")

/** The page runs no script, loads nothing from any host, and sends no referrer, because its URL may contain a token. */
const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; style-src 'sha256-${styleHash}'`,
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "x-robots-tag": "noindex",
  "cache-control": "no-store",
}

/** Returns the response with the page. It forbids caching, framing and indexing. */
export const htmlResponse = (
  status: number,
  { content, title }: HtmlPage,
  more?: Readonly<Record<string, string>>,
): HttpResponse =>
  new HttpResponse(
    status,
    { ...headers, ...more },
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html`${title}`.text} · Taskwright</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${html`${title}`.text}</h1>
${content.text}
</main>
</body>
</html>
`,
  )
