/**
 * Builds the browsable reference at `/docs`: Scalar, as bundled with Effect, with the OpenAPI document inside the page.
 */
import { createHash } from "node:crypto"
import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"
import { HttpApi, HttpApiScalar } from "effect/http-api"
import type { Json } from "../../api/v1/OpenApiSchemas.ts"
import { referenceDocument } from "./ReferenceDocument.ts"
import type { Document } from "./StaticDocument.ts"

/** Disables Scalar's own services: the page sends requests to this server and to no other host. */
const configuration = {
  _integration: "html",
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  telemetry: false,
  authentication: { preferredSecurityScheme: "bearer" },
}

/**
 * Styles for which Scalar has no setting. The link to Scalar's shop is hidden. The invisible ends of collapsed rows do
 * not make a narrow page scroll sideways.
 */
const style = `
body { margin: 0 }
a[href*="scalar.com"] { display: none }
.references-rendered { overflow-x: clip }
`

/** Extracts Scalar's script from the page that Effect generates, because Effect exports it nowhere else. */
const loadProgram = async (): Promise<string> => {
  const { dispose, handler } = HttpRouter.toWebHandler(Layer.orDie(HttpApiScalar.layer(HttpApi.make("none"))), {
    disableLogger: true,
  })
  const page = await (await handler(new Request("http://localhost/docs"))).text()
  await dispose()
  const program = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1]
  if (program === undefined) throw new Error("Effect's page of the reference has no script.")
  return program
}

/** Escapes JSON for use inside a script: nothing in it ends the element. */
const scriptJson = (json: string): string => json.replaceAll("<", "\\u003c")

const sourceHash = (source: string): string => `'sha256-${createHash("sha256").update(source).digest("base64")}'`

const headersWith = (policy: string) => ({
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; ${policy}`,
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
})

/** Builds the page for the document. It is self-contained and over three megabytes, so hashing it takes a moment. */
export const referencePage = (document: Json): Effect.Effect<Document> =>
  Effect.promise(async () => {
    const program = await loadProgram()
    const start = `Scalar.createApiReference("#reference", { ...${JSON.stringify(configuration)}, content: ${scriptJson(JSON.stringify(referenceDocument(document)))} })`
    const scripts = [program, start]
    // The page may connect to this server alone, and run only its own scripts.
    const policy = `script-src ${scripts.map(sourceHash).join(" ")}; style-src 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src blob:`
    const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The API · Taskwright</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="reference"></div>
${scripts.map((source) => `<script>${source}</script>`).join("\n")}
</body>
</html>
`
    return { headers: headersWith(policy), body: page }
  })
