import { createHash } from "node:crypto"
import { type Context, Effect, type Layer, type Logger } from "effect"
import { expect } from "vitest"
import type { HttpSettings } from "../../adapters/http/server/settings/HttpSettings.ts"
import type { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import { SentEmails } from "../../adapters/memory/MemoryEmailSender.ts"
import type { Email } from "../../application/mail/EmailSender.ts"
import { EmailRequests } from "../../application/outbox/EmailRequests.ts"
import { Outbox } from "../../application/outbox/Outbox.ts"
import type { Ports } from "../../application/Ports.ts"
import { tokensTo } from "../support/accounts.ts"
import { type Answer, type Ask, type Json, type Service, startService } from "../support/http.ts"
import { type Registration, statusOfCode } from "./Answers.ts"
import { expectDescribed } from "./Description.ts"

/** A whole set of adapters that shows the mails it was given. */
export type SuitePorts = Layer.Layer<Ports | Readiness | SentEmails, unknown>

/** A service whose every answer is held against what the contract says of all answers. */
export interface Client extends Service<SentEmails> {
  readonly run: <A, E>(effect: Effect.Effect<A, E, Ports | SentEmails>) => Promise<A>
}

export interface User extends Registration {
  readonly password: string
}

const secrets = /"(?:password_?hash|deleted_?at|token_?hash)" *:|argon2|node_modules|\.ts:\d|SELECT |INSERT |UPDATE /i

/** The pages that mails link to; all they answer is for people to read. */
const forPeople = /^(?:GET|HEAD|POST) \/(?:verify-email|reset-password)\/?(?:\?|$)/

/** What is true of every page for people, whatever it says: it runs nothing, asks nobody, and is kept by nobody. */
const expectPage = (call: string, { headers, text }: Answer<unknown>): void => {
  const [, style = ""] = /<style>([^<]*)<\/style>/.exec(text) ?? []
  const hash = createHash("sha256").update(style).digest("base64")
  const policy = headers.get("content-security-policy")?.split("; ").toSorted() ?? []
  expect([call, ...policy.slice(0, -1)]).toEqual([
    call,
    "base-uri 'none'",
    "default-src 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ])
  if (text !== "") expect([call, policy.at(-1)]).toEqual([call, `style-src 'sha256-${hash}'`])
  const shown = ["content-type", "referrer-policy", "x-frame-options", "x-robots-tag", "cache-control"]
  expect([call, ...shown.map((name) => headers.get(name))]).toEqual([
    call,
    "text/html; charset=utf-8",
    "no-referrer",
    "DENY",
    "noindex",
    "no-store",
  ])
  expect([call, text]).toEqual([call, expect.not.stringMatching(/<script|<link|<img|style=|\bon\w+=|https?:|url\(/i)])
}

/** What is true of every answer, whatever was asked. */
export const expectSound = (method: string, path: string, answer: Answer<unknown>): void => {
  const { body, headers, status, text } = answer
  const call = `${method} ${path.slice(0, 80)} ${status}`
  const requestId = headers.get("x-request-id") ?? ""
  expect([call, requestId]).toEqual([call, expect.stringMatching(/^[A-Za-z0-9._-]{1,128}$/)])
  expect([call, headers.get("x-content-type-options")]).toEqual([call, "nosniff"])
  // The bundle of the reference says anything.
  if (path !== "/docs" && path !== "/openapi.json")
    expect([call, text]).toEqual([call, expect.not.stringMatching(secrets)])
  const isForPeople = forPeople.test(`${method} ${path}`)
  if (isForPeople) expectPage(call, answer)
  else if (status >= 400 && method !== "HEAD") {
    const { code } = body as { readonly code: string }
    expect([call, headers.get("content-type")]).toEqual([call, "application/problem+json"])
    expect(body).toMatchObject({
      type: `/problems/${code}`,
      title: expect.any(String),
      detail: expect.any(String),
      status,
      request_id: requestId,
    })
    // The one code with two: under `If-Match` it is a failed precondition.
    expect([code, status]).toEqual([code, code === "version_conflict" && status === 412 ? 412 : statusOfCode[code]])
  }
  const limits = ["policy", "limit", "remaining", "reset"].map((name) => headers.get(`ratelimit-${name}`))
  if (limits.some((limit) => limit !== null)) {
    expect([call, ...limits]).toEqual([call, expect.stringMatching(/^\d+;w=60$/), ...limits.slice(1).map(wholeNumber)])
    expect(Number(headers.get("ratelimit-reset"))).toBeLessThanOrEqual(60)
    const isDocument = path === "/docs" || path === "/openapi.json"
    const cacheControl = isDocument
      ? "no-cache"
      : isForPeople || path.startsWith("/api/v1/auth/")
        ? "no-store"
        : "private, no-cache"
    expect([call, headers.get("cache-control")]).toEqual([call, cacheControl])
  }
  expectDescribed(method, path, answer)
}

const wholeNumber = () => expect.stringMatching(/^\d+$/)

export const startClient = async (
  ports: SuitePorts,
  settings: Partial<typeof HttpSettings.Service> = {},
  loggers: ReadonlyArray<Logger.Logger<unknown, unknown>> = [],
): Promise<Client> => {
  const service = await startService<SentEmails>(ports, settings, loggers)
  const context: Context.Context<Ports | SentEmails> = service.context
  return {
    ...service,
    run: (effect) => Effect.runPromise(Effect.provideContext(effect, context)),
    ask: async <Body = Json>(method: string, path: string, ask?: Ask) => {
      const answer = await service.ask<Body>(method, path, ask)
      expectSound(method, path, answer)
      if (answer.status >= 500) throw new Error(`${method} ${path} ${answer.status} ${answer.text}`)
      return answer
    },
  }
}

let users = 0

/** An email address that no other test has. */
export const newEmail = (): string => `user${++users}@example.com`

/** Registers somebody new. */
export const register = async ({ ask }: Pick<Client, "ask">, email = newEmail()): Promise<User> => {
  const password = "Correct Horse 1"
  const answer = await ask<Registration>("POST", "/api/v1/auth/register", {
    body: { email, password, full_name: "Ada Lovelace" },
  })
  expect(answer.status).toBe(201)
  return { ...answer.body, password }
}

/** Waits until the service has delivered its mails, and gives those to the address, oldest first. */
export const mailsTo = async ({ run }: Client, address: string): Promise<ReadonlyArray<Email>> => {
  // Requests become mails, so they are counted first: none of both can be missed on its way.
  const countWaiting = Effect.gen(function* () {
    const requests = yield* (yield* EmailRequests).waiting
    return requests + (yield* (yield* Outbox).counts).waiting
  })
  await expect.poll(() => run(countWaiting), { timeout: 30_000 }).toBe(0)
  const all = await run(Effect.flatMap(SentEmails, ({ all }) => all))
  return all.filter(({ to }) => to === address)
}

/** As `mailsTo`, the tokens in them alone. */
export const mailedTokens = async (client: Client, address: string): Promise<ReadonlyArray<string>> =>
  tokensTo(address, await mailsTo(client, address))

/** Runs the action so many times at once. */
export const atOnce = <A>(times: number, action: (index: number) => Promise<A>): Promise<ReadonlyArray<A>> =>
  Promise.all(Array.from({ length: times }, (_, index) => action(index)))

/** How often each status was answered. */
export const countStatuses = (
  answers: ReadonlyArray<{ readonly status: number }>,
): Readonly<Record<number, number>> => {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
