/** Finds a Node that can run the command: on the path, or where version managers keep theirs. */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { homedir } from "node:os"
import { delimiter, isAbsolute, join } from "node:path"
import { isSuitable, readVersion } from "./NodeVersion.ts"

const isWindows = process.platform === "win32"
const executable = isWindows ? "node.exe" : "node"

/** The limit of directories that are read from the path. */
const maximumDirectories = 100
/** The limit of programs that are asked for their version. */
const maximumCandidates = 20
/** The time limit of one answer. */
const versionMillis = 5_000

const isRunnable = (path: string): boolean => {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8", timeout: versionMillis, windowsHide: true })
  return typeof stdout === "string" && isSuitable(stdout)
}

const onPath = (): ReadonlyArray<string> =>
  (process.env["PATH"] || "")
    .split(delimiter)
    // Others depend on the current directory, which may belong to another user.
    .filter((directory) => isAbsolute(directory))
    .slice(0, maximumDirectories)
    .map((directory) => join(directory, executable))

/** A folder with a folder for each version, and the path of the program inside it. */
interface Versions {
  readonly folder: string
  readonly program: ReadonlyArray<string>
}

const folderOf = (variable: string, ...fallback: ReadonlyArray<string>): string =>
  process.env[variable] || join(homedir(), ...fallback)

const ofVersionManagers = (): ReadonlyArray<Versions> => [
  { folder: join(folderOf("NVM_DIR", ".nvm"), "versions", "node"), program: ["bin", "node"] },
  {
    folder: join(folderOf("FNM_DIR", ".local", "share", "fnm"), "node-versions"),
    program: isWindows ? ["installation", executable] : ["installation", "bin", "node"],
  },
  {
    folder: join(folderOf("VOLTA_HOME", ".volta"), "tools", "image", "node"),
    program: isWindows ? [executable] : ["bin", "node"],
  },
  { folder: join(folderOf("ASDF_DATA_DIR", ".asdf"), "installs", "nodejs"), program: ["bin", "node"] },
  { folder: join(folderOf("MISE_DATA_DIR", ".local", "share", "mise"), "installs", "node"), program: ["bin", "node"] },
  { folder: join(folderOf("N_PREFIX", "n"), "n", "versions", "node"), program: ["bin", "node"] },
  { folder: "/usr/local/n/versions/node", program: ["bin", "node"] },
]

const newestFirst = (one: string, other: string): number => {
  const [ours, theirs] = [readVersion(one) || [], readVersion(other) || []]
  for (let part = 0; part < 3; part++) {
    const difference = Number(theirs[part]) - Number(ours[part])
    if (difference !== 0) return difference
  }
  return 0
}

const inVersions = ({ folder, program }: Versions): ReadonlyArray<string> => {
  try {
    return readdirSync(folder)
      .filter(isSuitable)
      .sort(newestFirst)
      .map((version) => join(folder, version, ...program))
  } catch (_) {
    return []
  }
}

/**
 * Returns the path of a Node that can run the command; null if there is none. Only the named one counts, if there is
 * one.
 */
export const findNode = (named: string | null): string | null => {
  if (named !== null) return isRunnable(named) ? named : null
  const managed = ofVersionManagers().map(inVersions)
  const candidates = onPath().concat(...managed)
  const existing = candidates.filter((path, index) => existsSync(path) && candidates.indexOf(path) === index)
  const found = existing.slice(0, maximumCandidates).filter(isRunnable)[0]
  return found === undefined ? null : found
}
