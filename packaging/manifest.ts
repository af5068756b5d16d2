import { documents, entries, publishedPath } from "./entries.ts"

/** What the published manifest takes from the repository's own. */
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

/** What the contract suites run with. */
const suiteRunners = ["@effect/vitest", "vitest"]

const compiled = (source: string): string => `./${publishedPath(source)}.js`

const mapValues = <A, B>(record: Readonly<Record<string, A>>, of: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value)]))

/**
 * The manifest that is published. `effect` is a peer, for a program must have one of it. Every other dependency of the
 * service is a driver of some adapter: an optional peer, which is installed by whoever uses that adapter.
 */
export const manifestOf = (root: RootManifest) => {
  const { effect, ...drivers } = root.dependencies
  if (effect === undefined) throw new Error("the service depends on effect")
  const runners = Object.fromEntries(suiteRunners.map((name) => [name, root.devDependencies[name]]))
  const optional = { ...drivers, ...runners }
  return {
    name: root.name,
    version: root.version,
    description: root.description,
    keywords: root.keywords,
    license: root.license,
    type: "module",
    // Programs do something when they are imported; nothing else does.
    sideEffects: ["./bootstrap/*.js"],
    bin: mapValues(root.bin, compiled),
    exports: {
      ...mapValues(entries, (source) => ({
        types: `./${publishedPath(source)}.d.ts`,
        default: compiled(source),
      })),
      ...mapValues(documents, (path) => `./${path}`),
      "./package.json": "./package.json",
    },
    engines: root.engines,
    peerDependencies: mapValues({ effect, ...optional }, (version) => `^${version}`),
    peerDependenciesMeta: mapValues(optional, () => ({ optional: true })),
  }
}
