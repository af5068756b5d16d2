/** Opens pages in the machine's Chromium and records their requests and errors. */
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core"
import { expect } from "vitest"

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const findChromium = (): string => {
  const named = process.env["CHROMIUM_PATH"]
  const folders = (process.env["PATH"] ?? "").split(delimiter)
  const found = named ?? folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable)
  if (found !== undefined && isExecutable(found)) return found
  throw new Error(
    "These tests need Chromium or Chrome: install one (on Debian: apt-get install chromium), or name the program in CHROMIUM_PATH.",
  )
}

/** Starts a browser of the machine that sends no requests of its own. */
export const openChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  })

/** A page, with a record of its requests and messages. */
export interface WatchedPage {
  readonly page: Page
  /**
   * Asserts that the page sent requests to that origin alone, sent no referrer, and that the browser reported no
   * error.
   */
  readonly expectQuiet: (origin: string) => Promise<void>
}

export const openPage = async (context: BrowserContext): Promise<WatchedPage> => {
  const page = await context.newPage()
  // The page of the API reference loads slowly on a machine that runs other tests beside it.
  page.setDefaultTimeout(100_000)
  const requests: Array<{ readonly origin: string; readonly headers: Promise<Record<string, string>> }> = []
  const objections: Array<string> = []
  page.on("request", (request) => {
    requests.push({ origin: new URL(request.url()).origin, headers: request.allHeaders() })
  })
  page.on("pageerror", (error) => objections.push(error.message))
  page.on("console", (message) => {
    // Neither a page with the status 400 nor advice counts as an objection.
    const isObjection = ["error", "warning"].includes(message.type())
    if (isObjection && !message.text().startsWith("Failed to load resource")) objections.push(message.text())
  })
  return {
    page,
    expectQuiet: async (origin) => {
      expect(objections).toEqual([])
      expect(requests.length).toBeGreaterThan(0)
      for (const request of requests) {
        expect(request.origin).toBe(origin)
        expect((await request.headers)["referer"]).toBeUndefined()
      }
    },
  }
}
