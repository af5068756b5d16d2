/** The package's public edges, and the source of each. Nothing else can be imported from it. */
export declare const entries: Readonly<Record<string, string>>
/** What is published as it is. */
export declare const documents: Readonly<Record<string, string>>
/**
 * Where a source is published, without its ending. The suites are no tests of the package, so their folder is not called
 * so; being on the same level it leaves every import as it is.
 */
export declare const publishedPath: (source: string) => string
//# sourceMappingURL=entries.d.ts.map
