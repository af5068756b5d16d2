/** Installs the peers of the comparison, each with the packages of its own lockfile, outside the sources. */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const sources = fileURLToPath(new URL("../peers", import.meta.url))
const installed = fileURLToPath(new URL("../../../dist/bench", import.meta.url))

export const peerNames = ["fastify", "nest"] as const
export type PeerName = (typeof peerNames)[number]

const run = (command: string, args: ReadonlyArray<string>, folder: string): void => {
  const { status, stderr, stdout } = spawnSync(command, args, { cwd: folder, encoding: "utf8" })
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}${stdout}`)
}

const hashOf = (folder: string, files: ReadonlyArray<string>): string => {
  const hash = createHash("sha256")
  for (const file of files) hash.update(file).update(readFileSync(join(folder, file)))
  return hash.digest("hex")
}

export interface Peer {
  /** The arguments with which Node runs it. */
  readonly command: ReadonlyArray<string>
  /** What its schema has besides that of this service. */
  readonly schema?: string
}

/** Installs the peer's packages and builds it, unless that was done for the same sources. */
export const installPeer = (name: PeerName): Peer => {
  const source = join(sources, name)
  const folder = join(installed, name)
  const mark = join(folder, "installed")
  const locked = hashOf(source, ["package.json", "package-lock.json"])
  mkdirSync(folder, { recursive: true })
  if (!existsSync(mark) || readFileSync(mark, "utf8") !== locked) {
    rmSync(folder, { recursive: true })
    cpSync(source, folder, { recursive: true })
    run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
    writeFileSync(mark, locked)
  }
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(source, join(entry.parentPath, entry.name)))
  const current = hashOf(source, files.toSorted())
  const buildMark = join(folder, "built")
  if (!existsSync(buildMark) || readFileSync(buildMark, "utf8") !== current) {
    for (const file of files) cpSync(join(source, file), join(folder, file))
    if (name === "nest") run("npm", ["run", "build"], folder)
    writeFileSync(buildMark, current)
  }
  if (name === "fastify") return { command: [join(folder, "server.mjs")] }
  return { command: [join(folder, "dist/main.js")], schema: readFileSync(join(folder, "schema.sql"), "utf8") }
}
