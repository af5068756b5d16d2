import type { Client } from "./Client.ts"

export const formType = "application/x-www-form-urlencoded"

/** What a form sends, as a browser writes it. */
export const formOf = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString()

export const postForm = (
  { ask }: Pick<Client, "ask">,
  path: string,
  raw: string | Uint8Array<ArrayBuffer>,
  contentType = formType,
) => ask("POST", path, { raw, headers: { "content-type": contentType } })

/** The heading of a page. */
export const titleOf = (text: string): string | undefined => /<h1>([^<]*)<\/h1>/.exec(text)?.[1]
