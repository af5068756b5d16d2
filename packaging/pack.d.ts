/** Builds the package in the folder `package`, packs it beside it as `taskwright.tgz`, and gives the tarball's path. */
export declare const packPackage: (folder: string) => string
//# sourceMappingURL=pack.d.ts.map
