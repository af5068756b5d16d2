/** Tests that the committed OpenAPI document is current and complete, and that its examples are valid. */
import { readFileSync } from "node:fs"
import { assert, describe, expect, it } from "vitest"
import { generateDocument } from "../../adapters/http/api/v1/GenerateOpenApi.ts"
import document from "../../adapters/http/api/v1/openapi.json" with { type: "json" }
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
  readonly parameters?: ReadonlyArray<Parameter>
}

const parameters = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([method, operation]) =>
    (operation.parameters ?? []).map((parameter) => ({ call: `${method} ${path} ${parameter.name}`, parameter })),
  ),
)

describe("the OpenAPI document", () => {
  it("is the one that is generated, also from another guide", () => {
    assert.strictEqual(generateDocument(read("docs/api.md")), read("adapters/http/api/v1/openapi.json"))
    assert.include(generateDocument("# Title\n\nOpening.\n\n## Lists\n\nPages.\n"), "## Lists\\n\\nPages.")
  })

  it("names the scheme of tokens as it is registered, so that programs ask for one", () => {
    assert.strictEqual(document.components.securitySchemes.bearer.scheme, "bearer")
  })

  it("holds every paragraph of the guide, and no link to a page that a server does not have", () => {
    const shown = [document.info.description, ...document.tags.map(({ description }) => description)].join("\n\n")
    const withoutLinks = read("docs/api.md").replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    const paragraphs = withoutLinks
      .replace(/^#+ .*$/gm, "")
      .split(/\n{2,}/)
      .map((paragraph) => paragraph.trim())
      .filter((paragraph) => paragraph !== "")
    assert.isAbove(paragraphs.length, 30)
    for (const paragraph of paragraphs) assert.include(shown, paragraph)
    for (const [, heading = ""] of read("docs/api.md").matchAll(/^## (.*)$/gm)) assert.include(shown, `# ${heading}\n`)
    assert.notMatch(shown, /\]\((?!https?:)/)
  })

  it("gives every schema an example that is valid", () => {
    for (const [name, schema] of Object.entries<object>(document.components.schemas)) {
      const examples = "examples" in schema && Array.isArray(schema.examples) ? schema.examples : []
      assert.isAbove(examples.length, 0, name)
      for (const example of examples) expect(() => decodeDescribed(schema, example), name).not.toThrow()
    }
  })

  it("fills in nothing optional, so that an example does only what its call is for", () => {
    for (const { call, parameter } of parameters) {
      const given = [parameter.example, parameter.examples, parameter.schema.example, parameter.schema.examples]
      const isGiven = given.some((each) => each !== undefined)
      assert.strictEqual(isGiven, parameter.required === true, call)
    }
    assert.deepStrictEqual(document.components.schemas.CreateTaskRequest.examples, [{ title: "Buy milk" }])
    assert.deepStrictEqual(document.components.schemas.UpdateTaskRequest.examples, [{ version: 1 }])
  })
})
