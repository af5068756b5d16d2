/** Bundles the launcher of the command as a script for old Nodes. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Plugin, rolldown } from "rolldown"

const source = fileURLToPath(new URL("../bootstrap/launcher/launch.ts", import.meta.url))

/** Old Nodes know their own modules without the prefix only. */
const withoutPrefix: Plugin = {
  name: "without-prefix",
  resolveId: (specifier) => (specifier.startsWith("node:") ? { id: specifier.slice(5), external: true } : null),
}

/** Writes the launcher into the folder as `taskwright.js`, in the language of ES2015. */
export const bundleLauncher = async (folder: string): Promise<void> => {
  const path = join(folder, "taskwright.js")
  const build = await rolldown({
    input: source,
    platform: "node",
    plugins: [withoutPrefix],
    transform: { target: "es2015" },
    external: [/^\.\.\/dist\//],
  })
  await build.write({ file: path, format: "cjs" })
  await build.close()
  writeFileSync(path, `#!/usr/bin/env node\n${readFileSync(path, "utf8")}`)
  chmodSync(path, 0o755)
}
