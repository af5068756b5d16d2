/** Holds the typed client in a browser to the origins that the service allows. */
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { memory } from "../../bootstrap/memory.ts"
import { bundleForBrowsers } from "../support/bundle.ts"
import { type Service, startService } from "../support/http.ts"
import { openChromium } from "./Chromium.ts"

let pages: Server
let service: Service
let browser: Browser

/** Serves a page and the bundle, on an origin of its own. */
const servePages = async (): Promise<Server> => {
  const { code } = await bundleForBrowsers("tests/browser/clientPage.ts")
  const server = createServer(({ url }, response) => {
    const isProgram = url === "/program.js"
    response.writeHead(200, { "content-type": isProgram ? "text/javascript" : "text/html" })
    response.end(isProgram ? code : "<!doctype html><title>Tasks</title>")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return server
}

const port = () => (pages.address() as AddressInfo).port

/** Runs one of the bundle's exports in a page of the host, and returns its result. */
const runOn = async (
  host: string,
  name: "followChanges" | "tryOut" | "failToTryOut" | "tryPromises",
): Promise<unknown> => {
  const page: Page = await browser.newPage()
  await page.goto(`http://${host}:${port()}/`)
  const answer = await page.evaluate(`import("/program.js").then(({ ${name} }) => ${name}("${service.url}"))`)
  await page.close()
  return answer
}

beforeAll(async () => {
  pages = await servePages()
  service = await startService(memory, {
    corsOrigins: [`http://127.0.0.1:${port()}`],
    userLimit: { limit: 100, windowMillis: 60_000 },
  })
  browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  await service?.stop()
  pages?.close()
})

it("a page of a listed origin registers, creates, lists, and reads problems and limits by the client", async () => {
  expect(await runOn("127.0.0.1", "tryOut")).toEqual({
    title: "Buy milk",
    titles: ["Buy milk"],
    missing: "task_not_found",
    limit: { policy: "user", limit: 100, remaining: 97, reset_seconds: expect.any(Number) },
  })
})

it("a page of a listed origin follows changes over a stream by the client", async () => {
  expect(await runOn("127.0.0.1", "followChanges")).toEqual(["up_to_date", "Buy milk"])
})

it("a page of a listed origin does the same by the client with promises", async () => {
  expect(await runOn("127.0.0.1", "tryPromises")).toEqual({
    titles: ["Buy milk"],
    told: ["task.created", "up_to_date"],
    missing: true,
    aborted: "AbortError",
  })
})

it("a page of another origin learns nothing", async () => {
  expect(await runOn("localhost", "failToTryOut")).toBe("network_error")
})
