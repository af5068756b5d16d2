import { readFileSync, writeFileSync } from "node:fs"
import { generateDocument } from "../adapters/http/v1/GenerateDocument.ts"

const guide = readFileSync(new URL("../docs/api.md", import.meta.url), "utf8")
writeFileSync(new URL("../adapters/http/v1/openapi.json", import.meta.url), generateDocument(guide))
