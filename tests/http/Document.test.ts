/** Tests that the committed OpenAPI document is current and complete, and that its examples are valid. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { generateMethodDocs } from "../../adapters/http/api/v1/GenerateMethodDocs.ts"
import { generateDocument } from "../../adapters/http/api/v1/GenerateOpenApi.ts"
import document from "../../adapters/http/api/v1/openapi.json" with { type: "json" }
import { operationsOf } from "../support/openApiOperations.ts"
import { decodeDescribed } from "./Description.ts"

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")

interface Parameter {
  readonly in: string
  readonly name: string
  readonly required?: boolean
  readonly example?: unknown
  readonly examples?: unknown
  readonly schema: { readonly type?: string; readonly example?: unknown; readonly examples?: ReadonlyArray<unknown> }
}
interface Operation {
  readonly responses: Readonly<Record<string, { readonly headers?: Readonly<Record<string, unknown>> }>>
  readonly parameters?: ReadonlyArray<Parameter>
}

const parameters = Object.entries(document.paths).flatMap(([path, item]) =>
  operationsOf<Operation>(item).flatMap(([method, operation]) =>
    (operation.parameters ?? []).map((parameter) => ({ call: `${method} ${path} ${parameter.name}`, parameter })),
  ),
)

describe("the OpenAPI document", () => {
  it("is the one that is generated, also from another guide", () => {
    expect(generateDocument(read("docs/api.md"))).toBe(read("adapters/http/api/v1/openapi.json"))
    expect(generateMethodDocs()).toBe(read("adapters/http/client/MethodDocs.ts"))
    expect(generateDocument("# Title\n\nOpening.\n\n## Lists\n\nPages.\n")).toContain("## Lists\\n\\nPages.")
  })

  it("names the scheme of tokens as it is registered, so that programs ask for one", () => {
    expect(document.components.securitySchemes.bearer.scheme).toBe("bearer")
  })

  it("holds every paragraph of the guide, and no link to a page that a server does not have", () => {
    const shown = [document.info.description, ...document.tags.map(({ description }) => description)].join("\n\n")
    const withoutLinks = read("docs/api.md").replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    const paragraphs = withoutLinks
      .replace(/^#+ .*$/gm, "")
      .split(/\n{2,}/)
      .map((paragraph) => paragraph.trim())
      .filter((paragraph) => paragraph !== "")
    expect(paragraphs.length).toBeGreaterThan(30)
    for (const paragraph of paragraphs) expect(shown).toContain(paragraph)
    for (const [, heading = ""] of read("docs/api.md").matchAll(/^## (.*)$/gm))
      expect(shown).toContain(`# ${heading}\n`)
    expect(shown).not.toMatch(/\]\((?!https?:)/)
  })

  it("names Retry-After for every response that asks for a later try, also of the service's own endpoints", () => {
    const later = Object.entries(document.paths).flatMap(([path, item]) =>
      operationsOf<Operation>(item).flatMap(([, { responses }]) =>
        Object.entries(responses)
          .filter(([status]) => status === "429" || status === "503")
          .map(([status, { headers = {} }]) => ({ call: `${path} ${status}`, names: Object.keys(headers) })),
      ),
    )
    expect(later.length).toBeGreaterThan(40)
    expect(later.filter(({ names }) => !names.includes("Retry-After"))).toStrictEqual([])
  })

  it("gives every schema an example that is valid", () => {
    for (const [name, schema] of Object.entries<object>(document.components.schemas)) {
      const examples = "examples" in schema && Array.isArray(schema.examples) ? schema.examples : []
      expect(examples.length, name).toBeGreaterThan(0)
      for (const example of examples) expect(() => decodeDescribed(schema, example), name).not.toThrow()
    }
  })

  it("fills in nothing optional, so that an example does only what its call is for", () => {
    for (const { call, parameter } of parameters) {
      const given = [parameter.example, parameter.examples, parameter.schema.example, parameter.schema.examples]
      const isGiven = given.some((each) => each !== undefined)
      expect(isGiven, call).toBe(parameter.required === true)
    }
    expect(document.components.schemas.CreateTaskRequest.examples).toStrictEqual([{ title: "Buy milk" }])
    expect(document.components.schemas.UpdateTaskRequest.examples).toStrictEqual([{ version: 1 }])
  })
})
