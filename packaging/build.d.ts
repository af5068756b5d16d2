/** Writes the package into the folder, from what `tsc -b` has compiled; whatever was there is gone. */
export declare const buildPackage: (folder: string) => void
//# sourceMappingURL=build.d.ts.map
