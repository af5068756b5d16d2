/** Holds the page of an email verification to its button, with and without scripts. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser, BrowserContext } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"
import { openChromium, openPage } from "./Chromium.ts"
import { mailedLink } from "./Mailbox.ts"

const dataDir = mkdtempSync(join(tmpdir(), "taskwright-browser-"))
let server: ServerProcess
let browser: Browser
beforeAll(async () => {
  browser = await openChromium()
  server = await startServer({ DATA_DIR: dataDir, RATE_LIMIT_IP: "1000" })
})
afterAll(async () => {
  await browser?.close()
  await server?.end("SIGTERM")
  rmSync(dataDir, { recursive: true, force: true })
})

const ask = (method: string, path: string, body?: object, token?: string) =>
  fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

interface Person {
  readonly email: string
  readonly token: string
}

const password = "Correct Horse 1"
let people = 0

const register = async (): Promise<Person> => {
  const email = `person${++people}@example.com`
  const answer = await ask("POST", "/auth/register", { email, password, full_name: "Ada Lovelace" })
  expect(answer.status).toBe(201)
  const { access_token: token } = (await answer.json()) as { access_token: string }
  return { email, token }
}

const isEmailVerified = async ({ token }: Person): Promise<boolean> => {
  const answer = await ask("GET", "/users/me", undefined, token)
  return ((await answer.json()) as { user: { is_active: boolean } }).user.is_active
}

describe.each([
  { javaScriptEnabled: true, colorScheme: "light" },
  { javaScriptEnabled: false, colorScheme: "dark" },
] as const)("in a browser with %o", (options) => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await browser.newContext({ ...options, viewport: { width: 360, height: 640 } })
  })
  afterAll(() => context?.close())

  it("the link of the mail confirms the address by its button, and not before", async () => {
    const ada = await register()
    const link = await mailedLink(dataDir, ada.email, "verify-email", server.url)
    const { expectQuiet, page } = await openPage(context)

    await page.goto(link)
    await page.goto(link)
    await page.getByRole("heading", { level: 1, name: "Confirm your email address" }).waitFor()
    expect(await page.title()).toBe("Confirm your email address · Taskwright")
    expect(await isEmailVerified(ada)).toBe(false)

    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { level: 1, name: "Your email address is confirmed" }).waitFor()
    expect(await page.getByRole("status").textContent()).toContain(ada.email)
    // The address in the history has no token in it.
    expect(page.url()).toBe(`${server.url}/verify-email`)
    expect(await isEmailVerified(ada)).toBe(true)

    await page.reload()
    await page.getByRole("heading", { level: 1, name: "This link cannot be used" }).waitFor()
    await page.goto(link)
    await page.getByRole("button", { name: "Confirm email address" }).click()
    expect(await page.getByRole("alert").textContent()).toContain("Nothing was done")
    expect(await isEmailVerified(ada)).toBe(true)
    await expectQuiet(server.url)
  })

  it("a link that was cut short says so", async () => {
    const { expectQuiet, page } = await openPage(context)
    const answer = await page.goto(`${server.url}/verify-email?token=abc`)
    expect(answer?.status()).toBe(400)
    await page.getByRole("heading", { level: 1, name: "This link is not complete" }).waitFor()
    expect(await page.getByRole("button").count()).toBe(0)
    await expectQuiet(server.url)
  })

  it("the page has its style, in the colours that the person prefers, and fits a small screen", async () => {
    const { page } = await openPage(context)
    await page.goto(`${server.url}/verify-email?token=${"A".repeat(64)}`)
    const shown = await page.evaluate(`({
      width: document.documentElement.scrollWidth,
      background: getComputedStyle(document.body).backgroundColor,
    })`)
    expect(shown).toEqual({
      width: 360,
      background: options.colorScheme === "light" ? "rgb(243, 245, 248)" : "rgb(18, 23, 29)",
    })
  })
})
