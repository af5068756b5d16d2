/**
 * Puts the guide (`docs/api.md`) into the OpenAPI document, so that its text has one source and the reference displays
 * it.
 */
import { isObject, type Json } from "./OpenApiSchemas.ts"

/** The sections that explain one tag; all others belong to the introduction. */
const tagOfSection: Readonly<Record<string, string>> = {
  Tokens: "Authentication",
  "Passwords, sessions and mails": "Authentication",
  Versions: "Tasks",
  Lists: "Tasks",
  "Undo, history and trash": "History",
  "Health and clients": "Service",
}

interface Section {
  readonly heading: string
  readonly text: string
}

const sectionsOf = (guide: string): { readonly opening: string; readonly sections: ReadonlyArray<Section> } => {
  const [opening = "", ...parts] = guide.split(/^## /m)
  return {
    opening: opening.replace(/^# .*\n/, "").trim(),
    sections: parts.map((part) => {
      const end = part.indexOf("\n")
      return { heading: part.slice(0, end).trim(), text: part.slice(end).trim() }
    }),
  }
}

/**
 * Replaces a link to another page of the repository by its text, because the reference is served without those pages.
 */
const withoutPageLinks = (text: string): string => text.replace(/\[([^\]]+)\]\((?!https?:)[^)]*\)/g, "$1")

const written = ({ heading, text }: Section, level: string): string => `${level} ${heading}\n\n${text}`

/**
 * Adds the guide's opening and general sections to the document's description, and every other section to its tag's.
 * Throws if a section belongs to a tag that the document does not have.
 */
export const withGuide = (document: Json, guide: string): Json => {
  const { opening, sections } = sectionsOf(withoutPageLinks(guide))
  const tags = Array.isArray(document["tags"]) ? document["tags"].filter(isObject) : []
  const missing = Object.values(tagOfSection).find((name) => !tags.some((tag) => tag["name"] === name))
  if (missing !== undefined) throw new Error(`The document has no tag ${missing}.`)
  const info = isObject(document["info"]) ? document["info"] : {}
  const general = sections.filter(({ heading }) => !(heading in tagOfSection))
  return {
    ...document,
    info: {
      ...info,
      description: [info["description"], opening, ...general.map((each) => written(each, "#"))].join("\n\n"),
    },
    tags: tags.map((tag) => {
      const own = sections.filter(({ heading }) => tagOfSection[heading] === tag["name"])
      return { ...tag, description: [tag["description"], ...own.map((each) => written(each, "##"))].join("\n\n") }
    }),
  }
}
