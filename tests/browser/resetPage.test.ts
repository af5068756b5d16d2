/** Holds the page of a password reset to its form, with and without scripts. */
import { Effect } from "effect"
import type { Browser, BrowserContext } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { PasswordResetRepository } from "../../application/accounts/passwords/PasswordResetRepository.ts"
import { OpaqueTokens } from "../../application/accounts/tokens/OpaqueTokens.ts"
import { now } from "../../application/shared/Now.ts"
import { memory } from "../../bootstrap/memory.ts"
import { issue } from "../../domain/accounts/PasswordReset.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { register, type User } from "../http/Client.ts"
import { type Service, startService } from "../support/http.ts"
import { openChromium, openPage } from "./Chromium.ts"

let service: Service
let browser: Browser
beforeAll(async () => {
  browser = await openChromium()
  service = await startService(memory)
})
afterAll(async () => {
  await browser?.close()
  await service?.stop()
})

/** The link that an email for a forgotten password would contain. */
const resetLink = async ({ user }: User): Promise<string> => {
  const asked = Effect.gen(function* () {
    const userId = UserId.make(user.id)
    const { hash, token } = yield* (yield* OpaqueTokens).make(userId)
    yield* (yield* PasswordResetRepository).replace(issue(userId, hash, yield* now))
    return token
  })
  return `${service.url}/reset-password?token=${await Effect.runPromise(Effect.provideContext(asked, service.context))}`
}

const canLogIn = async ({ user: { email } }: User, password: string): Promise<boolean> =>
  (await service.ask("POST", "/api/v1/auth/login", { body: { email, password } })).status === 200

describe.each([true, false])("in a browser with scripts: %s", (javaScriptEnabled) => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await browser.newContext({ javaScriptEnabled })
  })
  afterAll(() => context?.close())

  it("the link changes the password by its form, which says what is wrong, and not before", async () => {
    const ada = await register(service)
    const link = await resetLink(ada)
    const { expectQuiet, page } = await openPage(context)
    const field = page.getByLabel("New password")

    await page.goto(link)
    await page.goto(link)
    await page.getByRole("heading", { level: 1, name: "Choose a new password" }).waitFor()
    // The browser itself refuses to submit a password that is too short.
    await field.fill("Short1")
    await page.keyboard.press("Enter")
    expect(page.url()).toBe(link)

    await field.fill("another horse 2")
    await page.getByRole("button", { name: "Change password" }).click()
    expect(await page.getByRole("alert").textContent()).toBe("The password must have an upper-case letter.")
    expect(await field.inputValue()).toBe("")
    expect(await field.getAttribute("aria-invalid")).toBe("true")
    expect(page.url()).toBe(`${service.url}/reset-password`)
    expect(await canLogIn(ada, ada.password)).toBe(true)

    // The field has the focus, so that the user can type at once.
    await page.keyboard.type("Another <Horse> & ß 2")
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { level: 1, name: "Your password is changed" }).waitFor()
    expect(await page.getByRole("status").textContent()).toContain("signed out everywhere")
    expect([await canLogIn(ada, ada.password), await canLogIn(ada, "Another <Horse> & ß 2")]).toEqual([false, true])

    await page.reload()
    await page.getByRole("heading", { level: 1, name: "This link cannot be used" }).waitFor()
    await expectQuiet(service.url)
  })
})
