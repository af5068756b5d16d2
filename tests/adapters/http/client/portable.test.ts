/** Holds the client's code to modules that run in a browser, without server code. */
import { posix } from "node:path"
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { bundleForBrowsers } from "../../../support/bundle.ts"
import { filesUnder, importsOf, readSource } from "../../../support/sources.ts"

const folder = "adapters/http/client"
/** The public edges of the client: with effects, and with promises. */
const entries = [`${folder}/index.ts`, `${folder}/promise/index.ts`]

/** The modules that describe the API, without server code. */
const description = /^adapters\/http\/(?:api\/v1|client(?:\/promise)?)\/(?!OpenApiDocument\.)[A-Za-z]+\.ts$/
const isOurs = (path: string) => !path.startsWith("node_modules/")

describe("the client's code", () => {
  it("imports the API's description and Effect alone", () => {
    const files = filesUnder(folder)
    expect(files.length).toBeGreaterThan(5)
    const imported = files.flatMap((path) =>
      importsOf(readSource(path)).map(({ specifier }) =>
        specifier?.startsWith(".") ? posix.join(posix.dirname(path), specifier) : specifier,
      ),
    )
    expect(imported).toContain("adapters/http/api/v1/TasksApi.ts")
    expect(
      imported.filter(
        (name) => !/^effect(?:\/encoding|\/http|\/http-api)?$/.test(name ?? "") && !description.test(name ?? ""),
      ),
    ).toEqual([])
  })

  it.each(entries)("needs nothing of Node, and brings nothing of the server with it: %s", async (entry) => {
    const { code, imports, modules } = await bundleForBrowsers(entry, true)
    expect(imports).toEqual([])
    expect(modules).toContain(`${folder}/TaskwrightClient.ts`)
    expect(modules).toContain("domain/tasks/Task.ts")
    expect(modules.filter((path) => isOurs(path) && !path.startsWith("domain/") && !description.test(path))).toEqual([])
    const packages = new Set(modules.filter((path) => !isOurs(path)).map((path) => path.split("/")[1]))
    expect([...packages]).toEqual(["effect"])
    expect(gzipSync(code).length).toBeLessThan(100 * 1024)
  })

  it("would be caught needing something of Node", async () => {
    const { imports, modules } = await bundleForBrowsers("adapters/http/server/connections/NodeServer.ts")
    expect(imports).toContain("node:http")
    expect(modules.filter((path) => isOurs(path) && !description.test(path))).toContain(
      "adapters/http/server/connections/NodeServer.ts",
    )
    expect(description.test("adapters/http/server/handlers/TasksHandlers.ts")).toBe(false)
  })
})
