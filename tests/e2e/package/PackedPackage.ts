/** Packs and installs the package as its users would, and runs programs on it. */
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, relative } from "node:path"
import { promisify } from "node:util"
import packageJson from "../../../package.json" with { type: "json" }
import { packPackage } from "../../../packaging/pack.ts"
import { root } from "../../support/sources.ts"

const programLimitMillis = 110_000

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * The environment without the variables that npm and Vitest set for their own children. They could mislead these
 * processes.
 */
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(?:npm_(?!config_(?:registry|cache|userconfig)$)|VITEST|NODE_OPTIONS$|NODE_ENV$|NODE_DISABLE_COMPILE_CACHE$|NODE_V8_COVERAGE$)/i.test(
        name,
      ),
  ),
)

/** Runs a command line with the tests' own Node first on the path. Returns how it ended, also after a failure. */
export const run = (
  folder: string,
  command: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> => {
  const path = `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}`
  return promisify(execFile)("sh", ["-c", command], {
    cwd: folder,
    env: { ...inherited, NO_COLOR: "1", ...environment, PATH: path },
    timeout: programLimitMillis,
    killSignal: "SIGKILL",
  }).then(
    ({ stderr, stdout }) => ({ code: 0, stdout, stderr }),
    ({ code, stderr, stdout }: Ran) => ({ code: code ?? -1, stdout, stderr }),
  )
}

/** Runs a command that must succeed, and returns its output. */
export const runWell = async (...parameters: Parameters<typeof run>): Promise<string> => {
  const { code, stderr, stdout } = await run(...parameters)
  if (code !== 0) throw new Error(`${parameters[1]} ended with ${code}\n${stdout}\n${stderr}`)
  return stdout
}

const node = JSON.stringify(process.execPath)
export const tsc = `${node} ${JSON.stringify(join(root, "node_modules/typescript/bin/tsc"))}`
const install = "npm install --prefer-offline --no-audit --no-fund --ignore-scripts"

/** Every file in the folder, by its path relative to the folder. */
export const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort()

export interface PackedPackage {
  readonly tarball: string
  /** The folder that was packed. */
  readonly source: string
  /**
   * A copy of the examples, as workspaces that share the installed packages: the tarball, and the dependencies of
   * each.
   */
  readonly examples: string
  /** A folder with nothing installed but the tarball and effect. */
  readonly alone: string
  /** A folder with the package and everything that the repository has installed. */
  readonly furnished: string
  readonly remove: () => void
}

/** Packs the working tree and installs the package in the ways that the documentation describes. */
export const packAndInstall = async (): Promise<PackedPackage> => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-package-"))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    return { ...(await packAndInstallIn(folder)), remove }
  } catch (failure) {
    remove()
    throw failure
  }
}

const packAndInstallIn = async (folder: string): Promise<Omit<PackedPackage, "remove">> => {
  // Separate folders, so that none finds the packages of another.
  const [clone, alone, furnished] = [join(folder, "clone"), join(folder, "alone"), join(folder, "furnished")]
  for (const each of ["clone/dist", "alone", "furnished/node_modules"])
    mkdirSync(join(folder, each), { recursive: true })
  await runWell(root, `${tsc} -b`)
  const tarball = packPackage(join(clone, "dist"))
  const source = join(clone, "dist/package")

  const skipped = new Set(["node_modules", ".data", "tasks.db", "tasks.json", "package-lock.json"])
  const examples = join(clone, "examples")
  cpSync(join(root, "examples"), examples, {
    recursive: true,
    filter: (path) =>
      !relative(root, path)
        .split(/[\\/]/)
        .some((part) => skipped.has(part)),
  })
  writeFileSync(join(clone, "package.json"), JSON.stringify({ private: true, workspaces: ["examples/*"] }))
  await runWell(clone, install)

  // npm says which packages belong there. The examples have them already, and unpacking them again takes seconds.
  writeFileSync(join(alone, "package.json"), JSON.stringify({ private: true, type: "module" }))
  const resolve = `${install} --package-lock-only`
  await runWell(alone, `${resolve} ../clone/dist/taskwright.tgz effect@${packageJson.dependencies.effect}`)
  const { packages } = JSON.parse(readFileSync(join(alone, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, object>>
  }
  for (const path of [...Object.keys(packages).filter((key) => key !== ""), "node_modules/.bin/taskwright"]) {
    cpSync(join(clone, path), join(alone, path), { recursive: true, verbatimSymlinks: true })
  }

  for (const name of readdirSync(join(root, "node_modules")).filter((name) => name !== ".vite")) {
    symlinkSync(join(root, "node_modules", name), join(furnished, "node_modules", name))
  }
  cpSync(source, join(furnished, "node_modules/taskwright"), { recursive: true })
  writeFileSync(join(furnished, "package.json"), JSON.stringify({ private: true, type: "module" }))

  return { tarball, source, examples, alone, furnished }
}
