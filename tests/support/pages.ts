/** Reads the project's documentation: its code blocks, links and paths. */
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { filesUnder, readSource, root } from "./sources.ts"

/** A code block of a page. Blocks are in the order of the page. */
export interface Block {
  readonly line: number
  readonly language: string
  readonly code: string
}

/** The pages of documentation: the README, the architecture, and all of `docs/`. */
export const pages: ReadonlyArray<string> = [
  "README.md",
  "ARCHITECTURE.md",
  ...filesUnder("docs")
    .filter((path) => path.endsWith(".md"))
    .sort(),
]

/** A fence that is indented or left open would hide its block from the tests. */
export const linkingPages: ReadonlyArray<string> = [...pages, "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]

const fenced = /^```(\S*)\n([\s\S]*?)^```$/gm

export const blocksOf = (page: string): ReadonlyArray<Block> => {
  const text = readSource(page)
  const blocks = [...text.matchAll(fenced)].map(({ 1: language = "", 2: code = "", index }) => ({
    line: text.slice(0, index).split("\n").length,
    language,
    code,
  }))
  // The anchors of a page's headings, as the usual hosts generate them.
  const fences = text.match(/^[ \t]*(?:```|~~~)/gm)?.length ?? 0
  if (fences !== 2 * blocks.length) throw new Error(`${page} has ${fences} fences around ${blocks.length} blocks`)
  return blocks
}

const proseOf = (page: string): string => readSource(page).replaceAll(fenced, "")

/** Returns the targets of a page's links and pictures that do not exist. External addresses are not followed. */
const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set(
    [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{Letter}\p{Number} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  )

/** Returns the project's files and folders that the prose names in code and that do not exist. */
export const brokenLinksOf = (page: string): ReadonlyArray<string> =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)|\bsrc="([^"]+)"/g)]
    .map(([, link, source]) => link ?? source ?? "")
    .filter((target) => !/^https?:\/\//.test(target))
    .filter((target) => {
      const [path = "", anchor] = target.split("#")
      const found = path === "" ? page : join(dirname(page), path)
      return !existsSync(join(root, found)) || (anchor !== undefined && !anchorsOf(found).has(anchor))
    })

/** The project's own files and folders that the prose names in code and that are not there. */
export const missingPathsOf = (page: string): ReadonlyArray<string> =>
  [...proseOf(page).matchAll(/`((?:domain|application|adapters|bootstrap|tests|docs|examples)\/[\w./-]*)`/g)]
    .map(([, path = ""]) => path)
    .filter((path) => !existsSync(join(root, path)))
