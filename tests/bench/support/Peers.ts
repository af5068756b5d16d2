/** Installs the peers of the comparison, each with the packages of its own lockfile, outside the sources. */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
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

/** Installs the peer's packages unless they are there. */
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
  for (const entry of readdirSync(source)) cpSync(join(source, entry), join(folder, entry), { recursive: true })
  if (name === "fastify") return { command: [join(folder, "server.mjs")] }
  run("npm", ["run", "build"], folder)
  return { command: [join(folder, "dist/main.js")], schema: readFileSync(join(folder, "schema.sql"), "utf8") }
}
