/** Calls a service over HTTP, and checks every response against the rules that all responses share. */
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
import type { Scope } from "../../domain/accounts/Scope.ts"
import { tokensTo } from "../support/accounts.ts"
import { type Answer, type Ask, type Json, type Service, startService } from "../support/http.ts"
import { otherStatusOfCode, type Registration, statusOfCode, type TokenResponse } from "./Answers.ts"
import { expectDescribed } from "./Description.ts"

/** A complete set of adapters that records the emails it sends. */
export type SuitePorts = Layer.Layer<Ports | Readiness | SentEmails, unknown>

/** A client of a running service. It checks every response against the contract's rules for all responses. */
export interface Client extends Service<SentEmails> {
  readonly run: <A, E>(effect: Effect.Effect<A, E, Ports | SentEmails>) => Promise<A>
}

export interface User extends Registration {
  readonly password: string
}

const secrets = /"(?:password_?hash|token_?hash)" *:|argon2|node_modules|\.ts:\d|SELECT |INSERT |UPDATE /i

/** The pages that emails link to; all their responses are HTML. */
const forPeople = /^(?:GET|HEAD|POST) \/(?:verify-email|reset-password)\/?(?:\?|$)/

/** Checks the rules for every HTML page: it runs no script, loads nothing from any host, and is not cached. */
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

/** Checks the rules for every response, whatever the request. */
export const expectSound = (method: string, path: string, answer: Answer<unknown>): void => {
  const { body, headers, status, text } = answer
  const call = `${method} ${path.slice(0, 80)} ${status}`
  const requestId = headers.get("x-request-id") ?? ""
  expect([call, requestId]).toEqual([call, expect.stringMatching(/^[A-Za-z0-9._-]{1,128}$/)])
  expect([call, headers.get("x-content-type-options")]).toEqual([call, "nosniff"])
  // The bundle of the reference can contain any text.
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
    expect([code, status]).toEqual([code, status === otherStatusOfCode[code] ? status : statusOfCode[code]])
  }
  const limits = ["policy", "limit", "remaining", "reset"].map((name) => headers.get(`ratelimit-${name}`))
  const current = headers.get("ratelimit")
  if ([current, ...limits].some((limit) => limit !== null)) {
    const [policy, limit, remaining, reset] = limits
    expect([call, limit, remaining, reset]).toEqual([call, wholeNumber(), wholeNumber(), wholeNumber()])
    // The earlier headers say the same as the structured ones.
    const name = policy?.split(";")[0]
    expect([call, name]).toEqual([call, expect.stringMatching(/^"(?:user|token|ip|documents)"$/)])
    expect([call, policy]).toEqual([call, `${name};q=${limit};w=60`])
    expect([call, current]).toEqual([call, `${name};r=${remaining};t=${reset}`])
    expect(Number(headers.get("ratelimit-reset"))).toBeLessThanOrEqual(60)
    const isDocument = path === "/docs" || path === "/openapi.json"
    const cacheControl = isDocument
      ? "no-cache"
      : isForPeople || /^\/api\/v1\/(?:auth\/|tokens\b)/.test(path)
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

/** Returns an email that no other test uses. */
export const newEmail = (): string => `user${++users}@example.com`

/** Registers a new user. */
export const register = async ({ ask }: Pick<Client, "ask">, email = newEmail()): Promise<User> => {
  const password = "Correct Horse 1"
  const answer = await ask<Registration>("POST", "/api/v1/auth/register", {
    body: { email, password, full_name: "Ada Lovelace" },
  })
  expect(answer.status).toBe(201)
  return { ...answer.body, password }
}

/** Waits until the service has delivered its emails, and returns those to the address, oldest first. */
export const mailsTo = async ({ run }: Client, address: string): Promise<ReadonlyArray<Email>> => {
  // Email requests become emails, so requests are counted first. An item that moves in between is then counted twice,
  // never missed.
  const countWaiting = Effect.gen(function* () {
    const requests = yield* (yield* EmailRequests).waiting
    return requests + (yield* (yield* Outbox).counts).waiting
  })
  await expect.poll(() => run(countWaiting), { timeout: 30_000 }).toBe(0)
  const all = await run(Effect.flatMap(SentEmails, ({ all }) => all))
  return all.filter(({ to }) => to === address)
}

/** Returns only the tokens in the emails of `mailsTo`. */
export const mailedTokens = async (client: Client, address: string): Promise<ReadonlyArray<string>> =>
  tokensTo(address, await mailsTo(client, address))

/** Runs the action the given number of times, concurrently. */
export const atOnce = <A>(times: number, action: (index: number) => Promise<A>): Promise<ReadonlyArray<A>> =>
  Promise.all(Array.from({ length: times }, (_, index) => action(index)))

/** Counts the responses of each status. */
export const countStatuses = (
  answers: ReadonlyArray<{ readonly status: number }>,
): Readonly<Record<number, number>> => {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** Creates an API token of the user, and returns it with its secret. */
export const createToken = async (
  { ask }: Pick<Client, "ask">,
  { access_token }: Pick<User, "access_token">,
  scopes: ReadonlyArray<Scope>,
  more: object = {},
): Promise<TokenResponse> => {
  const body = { name: "a program", scopes, ...more }
  const answer = await ask<TokenResponse>("POST", "/api/v1/tokens", { token: access_token, body })
  expect(answer.status).toBe(201)
  return answer.body
}
