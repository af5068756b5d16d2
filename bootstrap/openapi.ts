/** The program that writes what is generated from the description: the OpenAPI document, and the client's hover texts. */
import { readFileSync, writeFileSync } from "node:fs"
import { generateMethodDocs } from "../adapters/http/api/v1/GenerateMethodDocs.ts"
import { generateDocument } from "../adapters/http/api/v1/GenerateOpenApi.ts"

const guide = readFileSync(new URL("../docs/api.md", import.meta.url), "utf8")
writeFileSync(new URL("../adapters/http/api/v1/openapi.json", import.meta.url), generateDocument(guide))
writeFileSync(new URL("../adapters/http/client/MethodDocs.ts", import.meta.url), generateMethodDocs())
