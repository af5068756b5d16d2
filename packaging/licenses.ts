/** Prints the licence of every package that runs in production, and fails if one is not allowed. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** Licences that ask for no more than their notice, as identifiers of SPDX. An expression of several is not one of them. */
const allowed = new Set(["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0"])

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly license?: string; readonly dev?: boolean }>
  >
}

export interface ProductionPackage {
  readonly name: string
  readonly version: string
  readonly license: string
}

/** Returns the packages that an installation without development has, on any system, by name. */
export const productionPackages = (lockfile: Lockfile): ReadonlyArray<ProductionPackage> =>
  Object.entries(lockfile.packages)
    .filter(([path, { dev }]) => path !== "" && dev !== true)
    .map(([path, { license = "none", version = "" }]) => ({
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version,
      license,
    }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))

/** Returns the packages with a licence that is not allowed, or with none. */
export const refusedPackages = (packages: ReadonlyArray<ProductionPackage>): ReadonlyArray<ProductionPackage> =>
  packages.filter(({ license }) => !allowed.has(license))

const lineOf = ({ license, name, version }: ProductionPackage): string => `${license.padEnd(14)} ${name} ${version}`

if (import.meta.main) {
  const path = process.argv[2] ?? fileURLToPath(new URL("../package-lock.json", import.meta.url))
  const packages = productionPackages(JSON.parse(readFileSync(path, "utf8")))
  for (const each of packages) console.log(lineOf(each))
  for (const each of refusedPackages(packages)) {
    console.error(`Not an allowed licence: ${lineOf(each)}`)
    process.exitCode = 1
  }
}
