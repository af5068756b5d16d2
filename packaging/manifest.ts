/** Derives the published `package.json`. */
import { documents, entries, publishedPath } from "./entries.ts"

/** The fields that the published manifest takes from the repository's own. */
export interface RootManifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly keywords: ReadonlyArray<string>
  readonly license: string
  readonly engines: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
}

/**
 * The files of a new embedded database, and what unpacks them. The files' peer is one exact version of PGlite, which
 * `overrides` in the repository accepts. Elsewhere it would be a conflict, and without them new databases only take
 * longer.
 */
export const unpublished = ["@electric-sql/pglite-prepopulatedfs", "modern-tar"]

/** The packages that run the contract suites. */
const suiteRunners = ["@effect/vitest", "vitest"]

const compiledPath = (source: string): string => `./${publishedPath(source)}.js`

const mapValues = <A, B>(record: Readonly<Record<string, A>>, of: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value)]))

/**
 * Returns the published manifest. `effect` is a peer, because a program must have only one copy of it. Every other
 * dependency of the service is a driver of some adapter. It is an optional peer, which users of that adapter install.
 */
export const manifestOf = (root: RootManifest) => {
  const { effect, ...others } = root.dependencies
  if (effect === undefined) throw new Error("the service depends on effect")
  const runners = Object.fromEntries(suiteRunners.map((name) => [name, root.devDependencies[name]]))
  const drivers = Object.entries(others).filter(([name]) => !unpublished.includes(name))
  const optional = { ...Object.fromEntries(drivers), ...runners }
  return {
    name: root.name,
    version: root.version,
    description: root.description,
    keywords: root.keywords,
    license: root.license,
    type: "module",
    // Programs have side effects when they are imported; no other module has.
    sideEffects: ["./bootstrap/*.js"],
    bin: mapValues(root.bin, compiledPath),
    exports: {
      ...mapValues(entries, (source) => ({
        types: `./${publishedPath(source)}.d.ts`,
        default: compiledPath(source),
      })),
      ...mapValues(documents, (path) => `./${path}`),
      "./package.json": "./package.json",
    },
    engines: root.engines,
    peerDependencies: mapValues({ effect, ...optional }, (version) => `^${version}`),
    peerDependenciesMeta: mapValues(optional, () => ({ optional: true })),
  }
}
