/** The program that prints the OpenAPI document. */
import { readFileSync, writeFileSync } from "node:fs"
import { generateDocument } from "../adapters/http/api/v1/GenerateOpenApi.ts"

const guide = readFileSync(new URL("../docs/api.md", import.meta.url), "utf8")
writeFileSync(new URL("../adapters/http/api/v1/openapi.json", import.meta.url), generateDocument(guide))
