/** Holds the definitions of the tools to their size, and their JSON Schemas to what the tools decode. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import type { JsonSchema } from "../../../adapters/mcp/schema/Arguments.ts"
import { tools } from "../../../adapters/mcp/Tools.ts"

/** Text in English and JSON Schema take about four bytes a token with every common tokenizer. */
const bytesPerToken = 3

const tokensOf = (value: unknown): number => Math.ceil(Buffer.byteLength(JSON.stringify(value)) / bytesPerToken)

const id = "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"

/** Returns a value that the schema allows; the largest one if `isLarge`. */
const exampleOf = (schema: JsonSchema, isLarge: boolean): unknown => {
  const type = Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"]
  const bound = (name: string, otherwise: number) => Number(schema[name] ?? otherwise)
  const choices = schema["enum"] as ReadonlyArray<unknown> | undefined
  if (choices !== undefined) return choices[0]
  switch (type) {
    case "boolean":
      return isLarge
    case "integer":
      return isLarge ? bound("maximum", 2_147_483_647) : bound("minimum", 0)
    case "array": {
      const count = isLarge ? bound("maxItems", 1) : bound("minItems", 0)
      const items = schema["items"] as JsonSchema
      return Array.from({ length: count }, (_, index) => numbered(exampleOf(items, isLarge), index))
    }
    case "object":
      return Object.fromEntries(
        Object.entries(schema["properties"] as Record<string, JsonSchema>).map(([name, member]) => [
          name,
          exampleOf(member, isLarge),
        ]),
      )
    default:
      if (schema["format"] === "uuid") return id
      if (schema["format"] === "date-time") return "2099-01-01T00:00:00Z"
      if (schema["maxLength"] === undefined) return "me"
      return "x".repeat(isLarge ? bound("maxLength", 1) : bound("minLength", 0))
  }
}

/** Ids in a list are different ones. */
const numbered = (value: unknown, index: number): unknown =>
  value === id ? `${id.slice(0, -2)}${String(index).padStart(2, "0")}` : value

const decodes = (tool: (typeof tools)[number], args: unknown): boolean =>
  Exit.isSuccess(Effect.runSyncExit(tool.prepare(args)))

describe("the definitions of the tools", () => {
  it("take less than 2,500 tokens of a conversation", () => {
    const shown = tools.map(({ description, inputSchema, name, title }) => ({ name, title, description, inputSchema }))
    expect(tokensOf(shown)).toBeLessThan(2_500)
    expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length)
    for (const { name } of tools) expect(name).toMatch(/^[a-z_]{1,64}$/)
  })

  it.each(tools.map((tool) => [tool.name, tool] as const))(
    "describe what %s takes, from the least to the most",
    (_, tool) => {
      const { inputSchema } = tool
      const largest = exampleOf(inputSchema, true) as Record<string, unknown>
      expect(decodes(tool, largest)).toBe(true)
      expect(decodes(tool, exampleOf(inputSchema, false))).toBe(true)
      expect(decodes(tool, { ...largest, other: 1 })).toBe(false)
      const required = (inputSchema["required"] ?? []) as ReadonlyArray<string>
      for (const [name, member] of Object.entries(inputSchema["properties"] as Record<string, JsonSchema>)) {
        const { [name]: given, ...others } = largest
        expect([name, decodes(tool, others)]).toStrictEqual([name, !required.includes(name)])
        expect([name, decodes(tool, { ...others, [name]: null })]).toStrictEqual([name, !required.includes(name)])
        const beyond = typeof given === "string" ? `${given}x` : Array.isArray(given) ? [...given, given[0]] : undefined
        const isBounded = "maxLength" in member || "maxItems" in member
        if (isBounded) expect([name, decodes(tool, { ...others, [name]: beyond })]).toStrictEqual([name, false])
      }
    },
  )
})
