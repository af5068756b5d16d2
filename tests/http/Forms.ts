/** Encodes forms and reads titles, for tests of the HTML pages. */
import type { Client } from "./Client.ts"

export const formType = "application/x-www-form-urlencoded"

/** Encodes a form as a browser does. */
export const formOf = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString()

export const postForm = (
  { ask }: Pick<Client, "ask">,
  path: string,
  raw: string | Uint8Array<ArrayBuffer>,
  contentType = formType,
) => ask("POST", path, { raw, headers: { "content-type": contentType } })

/** Returns the heading of a page. */
export const titleOf = (text: string): string | undefined => /<h1>([^<]*)<\/h1>/.exec(text)?.[1]
