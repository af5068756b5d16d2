/** Bundles the command of the installable package: with its packages, in few files, and without white space. */
import { cpSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type InputOptions, type OutputChunk, rolldown } from "rolldown"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The package with machine code. It is a script of its own, because it searches for that code beside its file. */
const native = "argon2"
const nativeScript = `./${native}/${native}.cjs`

/** The files that the bundled packages read, which they expect beside their code. */
const dataFiles: ReadonlyArray<string> = [
  "@electric-sql/pglite/dist/pglite.wasm",
  "@electric-sql/pglite/dist/pglite.data",
  "@electric-sql/pglite/dist/initdb.wasm",
  "@electric-sql/pglite-prepopulatedfs/dist/prepopulatedfs.tgz",
]

const inputOptions: InputOptions = {
  input: { cli: join(root, "bootstrap/cli.ts") },
  platform: "node",
  // `debug` takes the second if it is there, which it is for development.
  external: [native, "supports-color"],
  resolve: { alias: { "taskwright/package.json": join(root, "package.json") } },
  preserveEntrySignatures: "allow-extension",
  // Emscripten's code in PGlite, which does not run here.
  checks: { eval: false },
}

/** Writes the package with machine code, and the code of each system that it has, into a folder of its own. */
const bundleNative = async (folder: string): Promise<ReadonlyArray<string>> => {
  const build = await rolldown({ input: join(root, `node_modules/${native}/${native}.cjs`), platform: "node" })
  const { output } = await build.write({ file: join(folder, nativeScript), format: "cjs", minify: false })
  await build.close()
  cpSync(join(root, `node_modules/${native}/prebuilds`), join(folder, native, "prebuilds"), { recursive: true })
  return output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []))
}

const generate = async (): Promise<ReadonlyArray<OutputChunk>> => {
  const build = await rolldown(inputOptions)
  const { output } = await build.generate({ format: "esm" })
  await build.close()
  return output.filter((file) => file.type === "chunk")
}

/** Returns the modules that load together with a source, in the chunks that a build makes by itself. */
const loadedWith = (chunks: ReadonlyArray<OutputChunk>, source: string): ReadonlySet<string> => {
  const waiting = chunks.filter(({ moduleIds }) => moduleIds.includes(join(root, source)))
  if (waiting.length === 0) throw new Error(`no chunk has ${source}`)
  const seen = new Set<OutputChunk>()
  for (let chunk = waiting.pop(); chunk !== undefined; chunk = waiting.pop()) {
    if (seen.has(chunk)) continue
    seen.add(chunk)
    waiting.push(...chunks.filter(({ fileName }) => chunk?.imports.includes(fileName)))
  }
  return new Set([...seen].flatMap(({ moduleIds }) => moduleIds))
}

/** The modules that load together, by their paths. */
interface CommandParts {
  /** What every command needs. */
  readonly base: ReadonlySet<string>
  /** What a command on a local database needs beside it. */
  readonly local: ReadonlySet<string>
  /** The database in the process, and modules of the other parts. */
  readonly embedded: ReadonlySet<string>
}

/** Finds the parts of the command by its static imports. */
export const findCommandParts = async (): Promise<CommandParts> => {
  const chunks = await generate()
  return {
    base: loadedWith(chunks, "bootstrap/runCli.ts"),
    local: new Set(
      ["bootstrap/CliSettings.ts", "bootstrap/liveCommand.ts"].flatMap((source) => [...loadedWith(chunks, source)]),
    ),
    embedded: loadedWith(chunks, "adapters/postgres/embedded/EmbeddedPostgres.ts"),
  }
}

/**
 * Writes the command into the folder as `cli.mjs`, with a file for each of its parts. Each file costs about a
 * millisecond at the start. Names are kept, so that traces of errors can be read. Returns the paths of all bundled
 * modules.
 */
export const bundleCommand = async (folder: string): Promise<ReadonlyArray<string>> => {
  const { base, embedded, local } = await findCommandParts()
  const build = await rolldown(inputOptions)
  const { output } = await build.write({
    dir: folder,
    format: "esm",
    entryFileNames: "[name].mjs",
    chunkFileNames: "[name]-[hash].mjs",
    paths: { [native]: nativeScript },
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: "base", test: (id) => base.has(id), priority: 3 },
        { name: "local", test: (id) => local.has(id), priority: 2 },
        { name: "embedded", test: (id) => embedded.has(id), priority: 1 },
      ],
    },
  })
  await build.close()
  for (const path of dataFiles) {
    cpSync(join(root, "node_modules", path), join(folder, path.slice(path.lastIndexOf("/") + 1)))
  }
  const bundled = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []))
  return [...bundled, ...(await bundleNative(folder))]
}
