/** Tests creating, using, listing and revoking API tokens. */
import { randomUUID } from "node:crypto"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { disableAccount } from "../../../application/accounts/administration/DisableAccount.ts"
import { ApiTokenRepository } from "../../../application/accounts/tokens/ApiTokenRepository.ts"
import { ApiTokenSecrets } from "../../../application/accounts/tokens/ApiTokenSecrets.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { makeApiToken } from "../../support/entities.ts"
import {
  fields,
  type HistoryPage,
  keysOf,
  type Problem,
  type Registration,
  type TaskResponse,
  type TokenList,
  type TokenResponse,
  utcTime,
  uuidV7,
} from "../Answers.ts"
import { atOnce, type Client, countStatuses, createToken, register, type SuitePorts, startClient } from "../Client.ts"

const dayMillis = 86_400_000

export const suite = (name: string, ports: SuitePorts) =>
  describe(`API tokens on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    const create = (token: string, body: object, headers: Record<string, string> = {}) =>
      client.ask<TokenResponse & Problem>("POST", "/api/v1/tokens", { token, body, headers })
    const list = async (token: string) => (await client.ask<TokenList>("GET", "/api/v1/tokens", { token })).body.data
    const revoke = (token: string, id: string) => client.ask<Problem>("DELETE", `/api/v1/tokens/${id}`, { token })
    const statusOfTasks = async (token: string) => (await client.ask("GET", "/api/v1/tasks", { token })).status

    it("a token is created with its secret, which is shown once, and works within its scopes", async () => {
      const ada = await register(client)
      const body = { name: "  nightly import ", scopes: ["tasks:write", "tasks:read"], expires_in_days: 30 }
      const answer = await create(ada.access_token, body)
      const { secret, token } = answer.body
      expect([answer.status, keysOf(answer.body), keysOf(token)]).toEqual([201, ["secret", "token"], fields.token])
      expect(secret).toMatch(/^twk_[0-9A-Za-z]{49}$/)
      expect(token).toMatchObject({
        id: expect.stringMatching(uuidV7),
        name: "nightly import",
        scopes: ["tasks:read", "tasks:write"],
        prefix: secret.slice(0, 8),
        created_at: expect.stringMatching(utcTime),
        last_used_at: null,
      })
      expect(Date.parse(token.expires_at) - Date.parse(token.created_at)).toBe(30 * dayMillis)
      expect(await statusOfTasks(secret)).toBe(200)
      const listed = await list(ada.access_token)
      expect(listed.map(({ id, name, scopes }) => [id, name, scopes])).toEqual([[token.id, token.name, token.scopes]])
      expect(JSON.stringify(listed)).not.toContain(secret.slice(8))

      const { body: second } = await create(ada.access_token, { name: "second", scopes: ["webhooks"] })
      expect(Date.parse(second.token.expires_at) - Date.parse(second.token.created_at)).toBe(90 * dayMillis)
      expect((await list(ada.access_token)).map(({ id }) => id)).toEqual([second.token.id, token.id])
    })

    it("the shape of a new token is checked, and no key is accepted for it", async () => {
      const { access_token } = await register(client)
      const good = { name: "a", scopes: ["tasks:read"] }
      const invalid: ReadonlyArray<readonly [object, string]> = [
        [{ ...good, name: "" }, "body.name"],
        [{ ...good, name: "\u200b" }, "body.name"],
        [{ ...good, name: "x".repeat(101) }, "body.name"],
        [{ ...good, name: "two\nlines" }, "body.name"],
        [{ ...good, scopes: [] }, "body.scopes"],
        [{ ...good, scopes: ["tasks:read", "tasks:read"] }, "body.scopes"],
        [{ ...good, scopes: Array.from({ length: 4_000 }, () => "tasks:read") }, "body.scopes"],
        [{ ...good, scopes: ["admin"] }, "body.scopes.0"],
        [{ ...good, scopes: "tasks:read" }, "body.scopes"],
        [{ name: "a" }, "body.scopes"],
        [{ ...good, expires_in_days: 0 }, "body.expires_in_days"],
        [{ ...good, expires_in_days: 366 }, "body.expires_in_days"],
        [{ ...good, expires_in_days: 1.5 }, "body.expires_in_days"],
        [{ ...good, expires_in_days: null }, "body.expires_in_days"],
        [{ ...good, secret: "mine" }, "body.secret"],
      ]
      for (const [body, path] of invalid) {
        const answer = await create(access_token, body)
        expect([path, answer.status, answer.body.errors?.[0]?.path]).toEqual([path, 400, path])
      }
      const keyed = await create(access_token, good, { "idempotency-key": "one" })
      expect([keyed.status, keyed.body.code]).toEqual([400, "idempotency_key_not_supported"])
      expect(await list(access_token)).toEqual([])
    })

    it("of 60 requests at once, exactly 50 create a token, and a revoked one makes room", async () => {
      const { access_token } = await register(client)
      const answers = await atOnce(60, (index) => create(access_token, { name: `${index}`, scopes: ["tasks:read"] }))
      expect(countStatuses(answers)).toEqual({ 201: 50, 409: 10 })
      const refused = answers.find(({ status }) => status === 409)
      expect(refused?.body.code).toBe("too_many_tokens")
      const listed = await list(access_token)
      expect(listed).toHaveLength(50)
      expect((await revoke(access_token, listed[0]?.id ?? "")).status).toBe(204)
      expect((await create(access_token, { name: "51", scopes: ["tasks:read"] })).status).toBe(201)
    })

    it("a revoked token is refused at once, and is gone from the list", async () => {
      const ada = await register(client)
      const { secret, token } = await createToken(client, ada, ["tasks:read"])
      expect(await statusOfTasks(secret)).toBe(200)
      const answer = await revoke(ada.access_token, token.id)
      expect([answer.status, answer.text]).toEqual([204, ""])
      const refused = await client.ask<Problem>("GET", "/api/v1/tasks", { token: secret })
      expect([refused.status, refused.body.code]).toEqual([401, "unauthorized"])
      expect(refused.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"')
      expect(await list(ada.access_token)).toEqual([])
      const again = await revoke(ada.access_token, token.id)
      expect([again.status, again.body.code]).toEqual([404, "token_not_found"])
    })

    it("another user's token is neither listed nor revoked", async () => {
      const [ada, grace] = [await register(client), await register(client)]
      const { secret, token } = await createToken(client, ada, ["tasks:read"])
      for (const id of [token.id, token.id.toUpperCase(), randomUUID()]) {
        const answer = await revoke(grace.access_token, id)
        expect([answer.status, answer.body.code]).toEqual([404, "token_not_found"])
      }
      const malformed = await revoke(grace.access_token, "nonsense")
      expect([malformed.status, malformed.body.errors?.[0]?.path]).toEqual([400, "path.token_id"])
      expect(await list(grace.access_token)).toEqual([])
      expect(await statusOfTasks(secret)).toBe(200)
    })

    it("an expired token is refused, and no longer listed", async () => {
      const ada = await register(client)
      const secret = await client.run(
        Effect.gen(function* () {
          const made = yield* (yield* ApiTokenSecrets).make
          const token = makeApiToken(UserId.make(ada.user.id), { expiresAt: fromMillis(Date.now() - 1_000) })
          yield* (yield* ApiTokenRepository).insert(token, made.hash)
          return made.secret
        }),
      )
      expect(await statusOfTasks(secret)).toBe(401)
      expect(await list(ada.access_token)).toEqual([])
    })

    it("a token with a wrong checksum, of another spelling or in the query is refused", async () => {
      const ada = await register(client)
      const { secret } = await createToken(client, ada, ["tasks:read"])
      const changed = `${secret.slice(0, 10)}${secret[10] === "a" ? "b" : "a"}${secret.slice(11)}`
      const others = [changed, secret.slice(0, -1), `${secret}0`, secret.toLowerCase(), "twk_", `twk_${"0".repeat(49)}`]
      for (const other of others) expect([other, await statusOfTasks(other)]).toEqual([other, 401])
      expect((await client.ask("GET", `/api/v1/tasks?access_token=${secret}`)).status).toBe(401)
      expect(await statusOfTasks(secret)).toBe(200)
    })

    it("a token's changes show its name, and a token takes back only what it did itself", async () => {
      const ada = await register(client)
      const one = await createToken(client, ada, ["tasks:read", "tasks:write", "tasks:delete"], { name: "claude" })
      const other = await createToken(client, ada, ["tasks:write"])
      const add = (token: string) =>
        client.ask<TaskResponse>("POST", "/api/v1/tasks", { token, body: { title: "Buy milk" } })
      const undo = (token: string, body: object) => client.ask<Problem>("POST", "/api/v1/undo", { token, body })
      const [own, others, session] = [await add(one.secret), await add(other.secret), await add(ada.access_token)]
      const history = await client.ask<HistoryPage>("GET", `/api/v1/history?actor_id=${one.token.id}`, {
        token: ada.access_token,
      })
      expect(history.body.data.map(({ actor }) => actor)).toEqual([{ kind: "token", id: one.token.id, name: "claude" }])
      const self = await client.ask<HistoryPage>("GET", "/api/v1/history?actor_id=self", { token: one.secret })
      expect(self.body.data.map(({ id }) => id)).toEqual(history.body.data.map(({ id }) => id))
      const since = "2020-01-01T00:00:00Z"
      for (const body of [
        { batch_id: others.headers.get("undo-id") },
        { batch_id: session.headers.get("undo-id"), dry_run: true },
        { actor: { token_id: one.token.id }, since },
      ]) {
        const refused = await undo(one.secret, body)
        expect([refused.status, refused.body.code]).toEqual([403, "session_required"])
      }
      const unknown = await undo(one.secret, { batch_id: randomUUID() })
      expect([unknown.status, unknown.body.code]).toEqual([404, "change_not_found"])
      expect((await undo(one.secret, { batch_id: own.headers.get("undo-id") })).status).toBe(200)
      // A session takes back what any token did.
      const byActor = await undo(ada.access_token, { actor: { token_id: other.token.id }, since })
      expect(byActor.status).toBe(200)
      const trash = await client.ask<{ data: Array<{ id: string }> }>("GET", "/api/v1/trash", { token: one.secret })
      expect(trash.body.data.map(({ id }) => id).toSorted()).toEqual([own.body.task.id, others.body.task.id].toSorted())
    })

    it("a response that a session got is not repeated for a token, and a token's own is", async () => {
      const ada = await register(client)
      const one = await createToken(client, ada, ["tasks:write"])
      const other = await createToken(client, ada, ["tasks:write"])
      const add = (token: string, key: string) =>
        client.ask<TaskResponse & Problem>("POST", "/api/v1/tasks", {
          token,
          body: { title: "Buy milk" },
          headers: { "idempotency-key": key },
        })
      const first = await add(ada.access_token, "one")
      const reused = await add(one.secret, "one")
      expect([first.status, reused.status, reused.body.code]).toEqual([201, 422, "idempotency_key_reused"])
      const own = await add(one.secret, "two")
      const repeated = await add(one.secret, "two")
      expect([repeated.status, repeated.headers.get("idempotency-replayed")]).toEqual([201, "true"])
      expect(repeated.body.task.id).toBe(own.body.task.id)
      expect((await add(other.secret, "two")).body.code).toBe("idempotency_key_reused")
      expect((await add(ada.access_token, "two")).body.code).toBe("idempotency_key_reused")
    })

    it("tokens outlive a changed password, and end with the account", async () => {
      const ada = await register(client)
      const { secret } = await createToken(client, ada, ["tasks:read"])
      const [current_password, new_password] = [ada.password, "Another horse 2"]
      await client.ask("POST", "/api/v1/auth/change-password", {
        token: ada.access_token,
        body: { current_password, new_password },
      })
      await client.ask("POST", "/api/v1/auth/logout", { token: ada.access_token })
      expect(await statusOfTasks(secret)).toBe(200)
      const { body } = await client.ask<Registration>("POST", "/api/v1/auth/login", {
        body: { email: ada.user.email, password: new_password },
      })
      await client.ask("DELETE", "/api/v1/users/me", { token: body.access_token, body: { password: new_password } })
      expect(await statusOfTasks(secret)).toBe(401)
    })

    it("tokens of a disabled account are revoked", async () => {
      const ada = await register(client)
      const { secret } = await createToken(client, ada, ["tasks:read"])
      expect(await statusOfTasks(secret)).toBe(200)
      await client.run(disableAccount({ userId: UserId.make(ada.user.id) }))
      expect(await statusOfTasks(secret)).toBe(401)
    })

    it("signing out everywhere ends all sessions, and the tokens only if the user says so", async () => {
      const ada = await register(client)
      const logIn = async () =>
        (
          await client.ask<Registration>("POST", "/api/v1/auth/login", {
            body: { email: ada.user.email, password: ada.password },
          })
        ).body.access_token
      const other = await logIn()
      const { secret } = await createToken(client, ada, ["tasks:read"])
      const signOut = (token: string, query = "") => client.ask("DELETE", `/api/v1/auth/sessions${query}`, { token })
      expect((await signOut(ada.access_token, "?tokens=yes")).status).toBe(400)
      expect((await signOut(ada.access_token)).status).toBe(204)
      expect([await statusOfTasks(ada.access_token), await statusOfTasks(other)]).toEqual([401, 401])
      expect(await statusOfTasks(secret)).toBe(200)
      const again = await logIn()
      expect((await signOut(again, "?tokens=false")).status).toBe(204)
      expect(await statusOfTasks(secret)).toBe(200)
      expect((await signOut(await logIn(), "?tokens=true")).status).toBe(204)
      expect(await statusOfTasks(secret)).toBe(401)
      expect(await list(await logIn())).toEqual([])
    })

    it("the time of the last use is stored soon, and stays for a minute", async () => {
      const ada = await register(client)
      const { secret } = await createToken(client, ada, ["tasks:read"])
      await statusOfTasks(secret)
      const lastUse = async () => (await list(ada.access_token))[0]?.last_used_at ?? null
      await expect.poll(lastUse, { timeout: 30_000 }).not.toBe(null)
      const first = await lastUse()
      await statusOfTasks(secret)
      expect(await lastUse()).toBe(first)
    })
  })
