/** What a source was compiled to, as it is published. */
export interface Compiled {
  readonly code: string
  readonly declarations: string
  readonly map: string
}
/**
 * Reads what `tsc -b` made of the source. Code already imports `.js`; declarations still import `.ts`, which no package
 * holds. The map brings its source along, so it names it as a neighbour; a declaration's map would point to nothing.
 */
export declare const readCompiled: (folder: string, source: string) => Compiled
/** The sources and all that they reach by imports of values or types: exactly what has to be published. */
export declare const reachedFrom: (folder: string, sources: ReadonlyArray<string>) => ReadonlyMap<string, Compiled>
//# sourceMappingURL=compiled.d.ts.map
