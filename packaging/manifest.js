import { documents, entries, publishedPath } from "./entries.js"

/** What the contract suites run with. */
const suiteRunners = ["@effect/vitest", "vitest"]
const compiled = (source) => `./${publishedPath(source)}.js`
const mapValues = (record, of) => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value)]))
/**
 * The manifest that is published. `effect` is a peer, for a program must have one of it. Every other dependency of the
 * service is a driver of some adapter: an optional peer, which is installed by whoever uses that adapter.
 */
export const manifestOf = (root) => {
  const { effect, ...drivers } = root.dependencies
  if (effect === undefined) throw new Error("the service depends on effect")
  const runners = Object.fromEntries(suiteRunners.map((name) => [name, root.devDependencies[name]]))
  const optional = { ...drivers, ...runners }
  return {
    name: root.name,
    version: root.version,
    description: root.description,
    license: root.license,
    type: "module",
    // Programs do something when they are imported; nothing else does.
    sideEffects: ["./bootstrap/*.js"],
    ...(root.bin === undefined ? {} : { bin: mapValues(root.bin, compiled) }),
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
//# sourceMappingURL=manifest.js.map
