/** What the published manifest takes from the repository's own. */
export interface RootManifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly engines: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
}
/**
 * The manifest that is published. `effect` is a peer, for a program must have one of it. Every other dependency of the
 * service is a driver of some adapter: an optional peer, which is installed by whoever uses that adapter.
 */
export declare const manifestOf: (root: RootManifest) => {
  name: string
  version: string
  description: string
  license: string
  type: string
  sideEffects: string[]
  bin?: Record<string, string>
  exports: {
    "./package.json": string
  }
  engines: Readonly<Record<string, string>>
  peerDependencies: Record<string, string>
  peerDependenciesMeta: Record<
    string,
    {
      optional: boolean
    }
  >
}
//# sourceMappingURL=manifest.d.ts.map
