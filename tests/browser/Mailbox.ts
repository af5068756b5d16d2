import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "vitest"

/** Undoes the transfer encoding of a mail's text (RFC 2045 §6.7), as far as addresses need it. */
const decode = (eml: string): string => eml.replaceAll(/=\r?\n/g, "").replaceAll("=3D", "=")

const linksOf = (folder: string, to: string, page: string): ReadonlyArray<string> => {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith(".eml"))
    .toSorted()
    .map((name) => decode(readFileSync(join(folder, name), "utf8")))
    .filter((mail) => mail.includes(to))
    .flatMap((mail) => mail.match(new RegExp(`http://\\S+/${page}\\?token=[\\w-]+`))?.[0] ?? [])
}

/**
 * Where the latest mail to that address leads, of those that link to that page. The server under test has a port that
 * it did not know when its settings were read, so the link is moved to where it listens.
 */
export const mailedLink = async (dataDir: string, to: string, page: string, serverUrl: string): Promise<string> => {
  const folder = join(dataDir, "mail")
  await expect.poll(() => linksOf(folder, to, page), { timeout: 30_000 }).not.toEqual([])
  const { pathname, search } = new URL(linksOf(folder, to, page).at(-1) ?? "")
  return `${serverUrl}${pathname}${search}`
}
