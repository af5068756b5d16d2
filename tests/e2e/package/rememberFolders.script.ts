/**
 * Makes arethetypeswrong remember which folders the package has. By itself it goes through all files at each question,
 * and asks about every folder above every file.
 */
import { Package } from "@arethetypeswrong/core"

const folders = new WeakMap<Package, ReadonlySet<string>>()

const foldersOf = (files: ReadonlyArray<string>): ReadonlySet<string> => {
  const found = new Set<string>()
  for (const file of files) {
    for (let end = file.indexOf("/"); end !== -1; end = file.indexOf("/", end + 1)) found.add(file.slice(0, end + 1))
  }
  return found
}

Package.prototype.directoryExists = function (path) {
  const known = folders.get(this) ?? foldersOf(this.listFiles())
  folders.set(this, known)
  return known.has(path.endsWith("/") ? path : `${path}/`)
}
