/** Reads links from the emails that a server under test has written to its data folder. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "vitest"

/** Decodes the transfer encoding of an email's text (RFC 2045 §6.7), as far as URLs need it. */
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
 * Returns the link to that page in the latest email to that address. When the server under test read its settings,
 * it did not know its port. So the link gets the address at which the server listens.
 */
export const mailedLink = async (dataDir: string, to: string, page: string, serverUrl: string): Promise<string> => {
  const folder = join(dataDir, "mail")
  await expect.poll(() => linksOf(folder, to, page), { timeout: 30_000 }).not.toEqual([])
  const { pathname, search } = new URL(linksOf(folder, to, page).at(-1) ?? "")
  return `${serverUrl}${pathname}${search}`
}
