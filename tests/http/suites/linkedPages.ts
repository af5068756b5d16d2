/** Tests what the pages that emails link to share: the limit of requests, and failures of the service. */
import { Effect, Layer } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import { EmailVerificationRepository } from "../../../application/accounts/email/EmailVerificationRepository.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { startService } from "../../support/http.ts"
import { atOnce, type Client, expectSound, type SuitePorts, startClient } from "../Client.ts"
import { formOf, postForm, titleOf } from "../Forms.ts"

const path = "/verify-email"
const wellFormed = "A".repeat(64)

const post = (to: Pick<Client, "ask">, form: string) => postForm(to, path, form)

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the pages of mails on ${name}`, () => {
    const started: Array<{ readonly stop: () => Promise<void> }> = []
    afterEach(async () => {
      for (const { stop } of started.splice(0)) await stop()
    })

    it("count against the rate limit of the IP, and report it in a page", async () => {
      const client = await startClient(ports, { addressLimit: { limit: 20, windowMillis: 60_000 } })
      started.push(client)
      const answers = await atOnce(30, (index) =>
        index % 2 === 0
          ? client.ask("GET", `${path}?token=${wellFormed}`)
          : post(client, formOf({ token: wellFormed })),
      )
      const passed = answers.filter(({ status }) => status !== 429)
      expect(passed).toHaveLength(20)
      const remaining = passed.map(({ headers }) => Number(headers.get("ratelimit-remaining"))).sort((a, b) => a - b)
      expect(remaining).toEqual(Array.from({ length: 20 }, (_, index) => index))
      for (const { headers, text } of answers.filter(({ status }) => status === 429)) {
        const seconds = headers.get("retry-after") ?? ""
        expect([headers.get("ratelimit-policy"), seconds]).toEqual([
          '"ip";q=20;w=60',
          expect.stringMatching(/^[1-9]\d?$/),
        ])
        expect(titleOf(text)).toBe("Too many requests")
        expect(text).toContain(`Wait ${seconds} seconds`)
      }
    })

    it("report a failed or unavailable service in a page without details", async () => {
      const defects = {
        500: new Error("the disk is on fire"),
        503: new Unavailable({ dependency: "the database", retryAfterMillis: 7_000 }),
      }
      for (const [status, defect] of Object.entries(defects)) {
        const broken = Layer.effect(
          EmailVerificationRepository,
          Effect.map(EmailVerificationRepository, (verifications) => ({
            ...verifications,
            take: () => Effect.die(defect),
          })),
        ).pipe(Layer.provideMerge(ports))
        const service = await startService(broken)
        started.push(service)
        const answer = await post(service, formOf({ token: wellFormed }))
        expectSound("POST", path, answer)
        expect([answer.status, titleOf(answer.text)]).toEqual([Number(status), "This did not work"])
        expect(answer.headers.get("retry-after")).toBe(status === "503" ? "7" : null)
        expect(answer.text).toContain(answer.headers.get("x-request-id"))
        expect(answer.text).not.toMatch(/disk|fire|database/)
      }
    })
  })
