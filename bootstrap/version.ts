/** The version of this package. */
import packageJson from "taskwright/package.json" with { type: "json" }

export const version: string = packageJson.version
