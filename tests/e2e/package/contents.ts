/** Holds the package to its files, its exports and its optional dependencies. */
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { publint } from "publint"
import { describe, expect, it } from "vitest"
import packageJson from "../../../package.json" with { type: "json" }
import { entries } from "../../../packaging/entries.ts"
import { unpublished } from "../../../packaging/manifest.ts"
import { filesUnder, root } from "../../support/sources.ts"
import { filesIn, type PackedPackage, run, runWell } from "./PackedPackage.ts"

const maximumBytes = 2.25 * 1024 * 1024

/** Imports that need nothing but effect. */
const driverless = [
  "taskwright/domain",
  "taskwright/application",
  "taskwright/adapters/memory",
  "taskwright/adapters/crypto/UuidV7Generator",
  "taskwright/http/v1",
  "taskwright/client",
  "taskwright/client/promise",
]

/** Without it, arethetypeswrong takes twice the time. */
const rememberFolders = new URL("rememberFolders.script.ts", import.meta.url).href

const importAll = (names: ReadonlyArray<string>): string =>
  `node --input-type=module -e '${names.map((name) => `await import("${name}")`).join("\n")}'`

const publishedDependencies = Object.keys(packageJson.dependencies).filter((name) => !unpublished.includes(name))

/** Registers the tests of the package's files, and of its installation and imports. */
export const contents = (packed: () => PackedPackage): void => {
  const read = (path: string) => readFileSync(join(packed().source, path), "utf8")

  describe("the package", () => {
    it("holds compiled code, its declarations and its maps, and of the tests the contract suites alone", () => {
      // As npm has unpacked it.
      const files = filesIn(join(packed().examples, "../node_modules/taskwright"))
      expect(files.length).toBeGreaterThan(500)
      const others = files.filter((path) => !/\.(?:js|js\.map|d\.ts)$/.test(path))
      expect(others).toStrictEqual([
        "LICENSE",
        "README.md",
        "adapters/http/api/v1/openapi.json",
        "docs/adapters.md",
        "docs/api.md",
        "docs/benchmarks.md",
        "docs/benchmarks.svg",
        "docs/cli.md",
        "docs/client.md",
        "docs/command-line.svg",
        "docs/mcp.md",
        "docs/operations.md",
        "docs/settings.md",
        "package.json",
      ])
      const folders = new Set(files.filter((path) => path.includes("/")).map((path) => path.split("/")[0]))
      expect([...folders]).toStrictEqual(["adapters", "application", "bootstrap", "docs", "domain", "suites"])
      expect(files.filter((path) => /\.test\.|\.script\.|(?:^|\/)\./.test(path))).toStrictEqual([])
      const support = files.filter((path) => /^suites\/(?!contracts\/)/.test(path))
      expect(support.filter((path) => path.endsWith(".js"))).toStrictEqual([
        "suites/support/TimeControl.js",
        "suites/support/clockSkew.js",
        "suites/support/entities.js",
        "suites/support/interleaving.js",
      ])
    })

    it("is small", () => {
      expect(statSync(packed().tarball).size).toBeLessThan(maximumBytes)
    })

    it("has maps that bring their sources along, and declarations that import what is there", () => {
      for (const path of filesIn(packed().source)) {
        if (path.endsWith(".map")) {
          const { sources, sourcesContent } = JSON.parse(read(path))
          expect([sources.length, typeof sourcesContent?.[0]], path).toStrictEqual([1, "string"])
          expect(sources[0], path).not.toContain("/")
        } else if (path.endsWith(".d.ts")) {
          expect(read(path), path).not.toMatch(/"\.[^"]*\.ts"|sourceMappingURL/)
        }
      }
    })

    it("gives publint nothing to say", async () => {
      // Given the folder, it packs that again.
      const { buffer } = new Uint8Array(readFileSync(packed().tarball))
      const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true })
      expect([pkg["name"], messages]).toStrictEqual([packageJson.name, []])
    })

    it("gives arethetypeswrong nothing to say", async () => {
      const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js")
      const command = `node --import ${rememberFolders} ${attw} ../taskwright.tgz --profile esm-only --format ascii`
      const found = await run(packed().source, command)
      expect(found.code, found.stdout).toBe(0)
      for (const entry of Object.keys(entries)) expect(found.stdout).toContain(`"taskwright${entry.slice(1)}"`)
    })

    it("names no machine and no other folder", () => {
      for (const path of filesIn(packed().source)) expect(read(path), path).not.toContain(root)
    })
  })

  describe("installed", () => {
    it("brings nothing along but effect, and works with that as far as no driver is needed", async () => {
      const { alone } = packed()
      const installed = JSON.parse(readFileSync(join(alone, "package-lock.json"), "utf8")).packages
      expect(Object.keys(installed).sort()).toStrictEqual(["", "node_modules/effect", "node_modules/taskwright"])
      await runWell(alone, importAll(driverless))
      const { code, stderr } = await run(alone, importAll(["taskwright/adapters/crypto"]))
      expect(code).not.toBe(0)
      expect(stderr).toMatch(/Cannot find package '(?:argon2|jose)'/)
    })

    it("has a command that says in one line which packages it needs, each of them", async () => {
      const { code, stderr, stdout } = await run(packed().alone, "node_modules/.bin/taskwright whoami")
      expect([code, stdout]).toStrictEqual([6, ""])
      const drivers = publishedDependencies.filter((name) => name !== "effect")
      const said = `taskwright: the command needs packages that are not installed. Run: npm install effect ${drivers.join(" ")}\n`
      expect(stderr).toBe(said)
    })

    it("has every entry that it names, with all drivers there", async () => {
      const names = Object.keys(entries).map((entry) => `taskwright${entry.slice(1)}`)
      const suites = names.filter((name) => name.includes("/contracts/"))
      expect(suites.length).toBe(filesUnder("tests/contracts").filter((path) => path.endsWith(".contract.ts")).length)
      const programs = names.filter((name) => !suites.includes(name))
      await runWell(packed().furnished, importAll(programs))
      const test = `import { expect, it } from "vitest"
        it.each(${JSON.stringify(suites)})("%s", async (name) => expect(await import(name)).toHaveProperty("suite"))`
      writeFileSync(join(packed().furnished, "suites.test.js"), test)
      await runWell(packed().furnished, "node_modules/.bin/vitest run suites.test.js")
    })

    it("has a command that runs where the drivers are", async () => {
      const { bin } = JSON.parse(read("package.json"))
      const command = `node node_modules/taskwright/${bin.taskwright}`
      expect(await runWell(packed().furnished, `${command} --version`)).toContain(packageJson.version)
      // Loaded on demand, so it must exist.
      expect(await runWell(packed().furnished, `${command} openapi`)).toBe(read("adapters/http/api/v1/openapi.json"))
    })

    it("exports only its public entries", async () => {
      const { code, stderr } = await run(packed().alone, importAll(["taskwright/domain/tasks/Task.js"]))
      expect(code).not.toBe(0)
      expect(stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED")
    })
  })

  describe("the published manifest", () => {
    it("depends on effect alone, and has every driver as an optional peer", () => {
      const { peerDependencies, peerDependenciesMeta, ...manifest } = JSON.parse(read("package.json"))
      expect(manifest).not.toHaveProperty("dependencies")
      expect(Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional)).toStrictEqual([
        "effect",
      ])
      const expected = [...publishedDependencies, "vitest", "@effect/vitest"]
      expect(Object.keys(peerDependencies).toSorted()).toStrictEqual(expected.toSorted())
    })
  })
}
