/** Tests the checks of the packages that run in production: their licences, their list, and their signatures. */
import { spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import packageJson from "../../package.json" with { type: "json" }
import lockfile from "../../package-lock.json" with { type: "json" }
import { productionPackages } from "../../packaging/licenses.ts"
import type { BillOfMaterials } from "../../packaging/sbom.ts"
import { verdictOf } from "../../packaging/signatures.ts"
import { root } from "../support/sources.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const run = (script: string, ...given: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [join(root, "packaging", script), ...given], { encoding: "utf8" })

const production = productionPackages(lockfile)

describe("the licences of production packages", () => {
  it("are printed, and allowed", () => {
    const { status, stderr, stdout } = run("licenses.ts")
    expect([status, stderr]).toStrictEqual([0, ""])
    const names = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/)[1])
    expect(names).toStrictEqual(production.map(({ name }) => name))
    const given = [...Object.keys(packageJson.dependencies), ...Object.keys(packageJson.optionalDependencies)]
    expect(names).toStrictEqual(expect.arrayContaining(given))
    expect(names).not.toContain("vitest")
  })

  it.effect("fail the check if one is not allowed or missing, except in development", () =>
    Effect.gen(function* () {
      const packages = {
        "": { license: "MIT" },
        "node_modules/one": { version: "1.0.0", license: "MIT" },
        "node_modules/one/node_modules/@two/three": { version: "2.0.0", license: "GPL-3.0-only" },
        "node_modules/four": { version: "3.0.0" },
        "node_modules/five": { version: "4.0.0", license: "(MIT OR GPL-2.0-only)" },
        "node_modules/six": { version: "5.0.0", license: "GPL-3.0-only", dev: true },
      }
      const folder = yield* temporaryFolder
      const path = join(folder, "package-lock.json")
      writeFileSync(path, JSON.stringify({ packages }))
      const { status, stderr, stdout } = run("licenses.ts", path)
      expect(status).toBe(1)
      expect(stderr.match(/@two\/three 2\.0\.0|four 3\.0\.0|five 4\.0\.0/g)).toHaveLength(3)
      expect(stdout).toContain("one 1.0.0")
      expect(`${stdout}${stderr}`).not.toContain("six")
    }),
  )
})

describe("the bill of materials", () => {
  it.effect("lists exactly the production packages, with licence, hash and dependencies", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "new", "sbom.json")
      const { status, stderr } = run("sbom.ts", path)
      expect(status, stderr).toBe(0)
      const document: BillOfMaterials = JSON.parse(readFileSync(path, "utf8"))
      expect(document).toMatchObject({ bomFormat: "CycloneDX", metadata: { component: { name: packageJson.name } } })
      expect(document.components.map(({ name }) => name).toSorted()).toStrictEqual(production.map(({ name }) => name))
      for (const component of document.components)
        expect(component).toMatchObject({ licenses: [expect.anything()], hashes: [expect.anything()] })
      const refs = new Set(document.dependencies.map(({ ref }) => ref))
      expect(document.dependencies.flatMap(({ dependsOn = [] }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual(
        [],
      )
    }),
  )
})

describe("the signatures of packages", () => {
  const error = (code: string | null, summary = "a reason") => ({ error: { code, summary, detail: "" } })

  it.each([
    ["all are right", { invalid: [], missing: [] }, true, /every installed package/],
    ["one is wrong", { invalid: [{ name: "a", version: "1.0.0" }], missing: [] }, false, /wrong signature: a 1\.0\.0/],
    ["one is missing", { invalid: [], missing: [{ name: "a", version: "1.0.0" }] }, false, /no signature: a 1\.0\.0/],
    ["there is no network", error("ENOTFOUND"), true, /^not run: a reason$/],
    ["the registry has no such path", error("E404"), true, /^not run/],
    [
      "the registry signs nothing",
      error(null, "found no dependencies to audit that were installed from a supported registry"),
      true,
      /^not run/,
    ],
    ["a signature has an unknown key", error("EMISSINGSIGNATUREKEY"), false, /^failed: a reason$/],
    ["the keys are expired", error("EEXPIREDSIGNATUREKEY"), false, /^failed/],
  ])("are judged if %s", (_, output, isAccepted, line) => {
    const verdict = verdictOf(JSON.stringify(output))
    expect(verdict.isAccepted).toBe(isAccepted)
    expect(verdict.lines.join("\n")).toMatch(line)
  })

  it("are not checked if no answer comes in time", () => {
    expect(verdictOf(null)).toMatchObject({ isAccepted: true, lines: [expect.stringMatching(/^not run/)] })
  })
})
