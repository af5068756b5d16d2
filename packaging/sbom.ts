/** Writes the software bill of materials of an installation without development, in the format CycloneDX. */
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"

interface Component {
  readonly "bom-ref": string
  readonly name: string
  readonly properties?: ReadonlyArray<{ readonly name: string; readonly value: string }>
}

export interface BillOfMaterials {
  readonly metadata: { readonly component: Component }
  readonly components: ReadonlyArray<Component>
  readonly dependencies: ReadonlyArray<{ readonly ref: string; readonly dependsOn?: ReadonlyArray<string> }>
}

const root = fileURLToPath(new URL("..", import.meta.url))

const isForDevelopment = ({ properties = [] }: Component): boolean =>
  properties.some(({ name, value }) => name === "cdx:npm:package:development" && value === "true")

/**
 * Returns npm's document about `package-lock.json`, without the packages that only development needs. npm's own
 * `--omit=dev` would also leave out packages that both need, such as `effect`.
 */
export const billOfMaterials = (): BillOfMaterials => {
  // A shell finds npm on every system.
  const text = execFileSync("npm sbom --sbom-format=cyclonedx --package-lock-only", {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    shell: true,
  } as const)
  const complete: BillOfMaterials = JSON.parse(text)
  const { name } = JSON.parse(readFileSync(`${root}package.json`, "utf8"))
  const components = complete.components.filter((component) => !isForDevelopment(component))
  const refs = new Set([complete.metadata.component, ...components].map((component) => component["bom-ref"]))
  return {
    ...complete,
    // npm takes the name of the folder.
    metadata: { ...complete.metadata, component: { ...complete.metadata.component, name } },
    components,
    dependencies: complete.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ dependsOn = [], ref }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) })),
  }
}

if (import.meta.main) {
  const path = process.argv[2] ?? `${root}dist/sbom.cdx.json`
  const document = billOfMaterials()
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(document, null, 2)}\n`)
  console.log(`${document.components.length} components: ${path}`)
}
