/** Holds the reference at `/docs` to working calls and to no request that the reader did not choose. */
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { memory } from "../../bootstrap/memory.ts"
import { register, type User } from "../http/Client.ts"
import { type Service, startService } from "../support/http.ts"
import { openChromium, openPage } from "./Chromium.ts"

let service: Service
let browser: Browser
let ada: User
beforeAll(async () => {
  service = await startService(memory)
  ada = await register(service)
  for (const title of ["Buy milk", "Call Grace"]) {
    await service.ask("POST", "/api/v1/tasks", { token: ada.access_token, body: { title } })
  }
  browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  await service?.stop()
})

/** The paths and queries that the page sends to the service. */
const callsOf = (page: Page): Array<string> => {
  const calls: Array<string> = []
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url())
    if (pathname !== "/docs") calls.push(`${request.method()} ${pathname}${search}`)
  })
  return calls
}

/** The hosts of the links and images that a reader sees. */
const hostsOf = (page: Page): Promise<ReadonlyArray<string>> =>
  page.evaluate(`
    [...document.querySelectorAll("a[href], img[src]")]
      .filter((element) => element.checkVisibility())
      .map((element) => new URL(element.href ?? element.src, location.href).host)
  `)

const overflowOf = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

/** The brightness of the page's background, from 0 to 255. */
const lightnessOf = (page: Page): Promise<number> =>
  page.evaluate(`Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)[0])`)

it("asks for a token, lists the tasks with it, and sends nothing that was not chosen", async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const { expectQuiet, page } = await openPage(context)
  const calls = callsOf(page)
  await page.goto(`${service.url}/docs#tag/tasks/GET/api/v1/tasks`)
  const test = page.locator("button", { hasText: "Test Request(get /api/v1/tasks)" })
  await test.click()
  const dialog = page.getByRole("dialog")
  await dialog.getByPlaceholder("Token").fill(ada.access_token)
  await dialog.getByRole("button", { name: /^Send/ }).first().click()
  await dialog.getByText('"Buy milk"').waitFor()
  await dialog.getByText('"Call Grace"').waitFor()
  expect(calls).toEqual(["GET /api/v1/tasks"])
  await expectQuiet(service.url)
  await context.close()
})

it("sends to the path that a proxy publishes the service under", async () => {
  const published = await startService(memory, { publicPath: "/team" })
  const context = await browser.newContext()
  const { page } = await openPage(context)
  const calls = callsOf(page)
  await page.goto(`${published.url}/docs#tag/service/GET/health`)
  await page.locator("button", { hasText: "Test Request(get /health)" }).click()
  await page.getByRole("dialog").getByRole("button", { name: /^Send/ }).first().click()
  await expect.poll(() => calls, { timeout: 60_000 }).toEqual(["GET /team/health"])
  await context.close()
  await published.stop()
})

describe.each([
  { name: "light", colorScheme: "light", width: 1280 },
  { name: "dark", colorScheme: "dark", width: 1280 },
  { name: "narrow", colorScheme: "light", width: 390 },
] as const)("opened in a $name window", ({ colorScheme, width }) => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await browser.newContext({ colorScheme, viewport: { width, height: 844 } })
  })
  afterAll(() => context?.close())

  it("shows the guide, fits, and offers nothing of another host", async () => {
    const { expectQuiet, page } = await openPage(context)
    await page.goto(`${service.url}/docs`)
    await page.getByRole("heading", { level: 1, name: "Taskwright" }).waitFor()
    await page.getByRole("heading", { name: "What is safe to retry" }).waitFor()
    await page.getByText("Every error, from a wrong method to a failure of the service").waitFor()
    const isLight = (await lightnessOf(page)) > 127
    expect(isLight).toBe(colorScheme === "light")
    // The page adds the calls one after another. When the last is there, all are.
    await page.locator("section.section", { hasText: "List sessions" }).first().waitFor()
    expect(await overflowOf(page)).toBe(0)
    // Only the licence's text is on another host.
    const strangers = (await hostsOf(page)).filter((host) => !["", new URL(service.url).host].includes(host))
    expect(strangers).toEqual(["opensource.org"])
    expect(
      await page
        .getByText(/Powered by|Ask AI|Open API Client|Generate (?:MCP|SDK)|Share|Deploy/)
        .filter({ visible: true })
        .count(),
    ).toBe(0)
    await expectQuiet(service.url)
  })
})
