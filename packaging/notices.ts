/** Collects the licences of the packages in a bundle. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const isLicence = (name: string): boolean => /^(?:licen[cs]e|notice|copying)(?:[.-]|$)/i.test(name)

/** Returns the folder of the package that a module belongs to; null for a module of the project. */
const packageOf = (module: string): string | null =>
  /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(module)?.[1] ?? null

const noticeOf = (folder: string): string => {
  const { license, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const files = readdirSync(folder).filter(isLicence).sort()
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim())
  return [`${name} ${version} (${license})`, ...texts].join("\n\n")
}

/** Returns the notices of all packages that the modules belong to, by name. */
export const noticesOf = (modules: ReadonlyArray<string>): string => {
  const folders = new Set(modules.flatMap((module) => packageOf(module) ?? []))
  const notices = [...folders].filter((folder) => existsSync(join(folder, "package.json"))).map(noticeOf)
  return `This package contains code of the following packages.\n\n${notices.sort().join(`\n\n${"-".repeat(80)}\n\n`)}\n`
}
