import { writeFileSync } from "node:fs"
import { openApiText } from "../adapters/http/v1/Document.ts"

writeFileSync(new URL("../adapters/http/v1/openapi.json", import.meta.url), openApiText)
