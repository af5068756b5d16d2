/** Tests the encoding, the media type, the nesting and the size of bodies. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Problem, TaskResponse } from "../../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../../Client.ts"
import { expectRefused } from "./expectRefused.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`encoded bodies on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const token = () => ada.access_token
    const ask = (method: string, path: string, body?: unknown) =>
      client.ask<Problem>(method, path, { token: token(), body })
    const raw = (raw: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
      client.ask<Problem>("POST", "/api/v1/tasks", { token: token(), raw, headers })

    it("a body nests at most 32 levels deep", async () => {
      const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`
      expectRefused(await raw(nested(32)), 32, "body")
      expect((await raw(nested(33))).body.code).toBe("malformed_json")
      expect((await raw(`{"title":${'{"a":'.repeat(32)}1${"}".repeat(33)}`)).body.code).toBe("malformed_json")
      expect((await raw(nested(30_000))).body.code).toBe("malformed_json")
      // Brackets inside a string do not count as nesting.
      expect((await raw(`{"title":"${"[{".repeat(50)}\\"["}`)).status).toBe(201)
    })

    it("a body that is not UTF-8 is malformed", async () => {
      const bytes = (...middle: ReadonlyArray<number>) =>
        new Uint8Array([...Buffer.from('{"title":"abc'), ...middle, ...Buffer.from('"}')])
      for (const middle of [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
        expect([middle, (await raw(bytes(...middle))).body.code]).toEqual([middle, "malformed_json"])
      }
      expect((await raw(bytes(0xf0, 0x9f, 0x98, 0x80))).status).toBe(201)
      expect((await raw(new Uint8Array(Buffer.from('{"title":"abc"}', "utf16le")))).body.code).toBe("malformed_json")
    })

    it("a compressed body is refused, and is not decoded", async () => {
      for (const encoding of ["gzip", "br", "deflate", "gzip, identity", "compress"]) {
        const answer = await raw('{"title":"Water"}', { "content-encoding": encoding })
        expect([encoding, answer.body.code]).toEqual([encoding, "unsupported_media_type"])
      }
      for (const encoding of ["identity", "Identity", "identity, IDENTITY", ""]) {
        const { status } = await raw('{"title":"Water"}', { "content-encoding": encoding })
        expect([encoding, status]).toEqual([encoding, 201])
      }
    })

    it("JSON in UTF-8 is accepted in every spelling of its media type", async () => {
      for (const mediaType of [
        "application/json; charset=utf-8",
        'Application/JSON;charset="UTF-8"',
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json; charset=utf8",
        'application/json; Charset="UTF8"',
        "application/json",
        "application/json ;",
      ]) {
        const answer = await raw('{"title":"Water"}', { "content-type": mediaType })
        expect([mediaType, answer.status]).toEqual([mediaType, 201])
      }
    })

    it("a byte order mark before a body is ignored", async () => {
      const { body, status } = await client.ask<TaskResponse>("POST", "/api/v1/tasks", {
        token: token(),
        raw: '\ufeff{"title":"Water"}',
      })
      expect([status, body.task.title]).toEqual([201, "Water"])
      // Inside a string it is a character like any other.
      expectRefused(await raw('\ufeff{"title":""}'), "empty", "body.title")
    })

    it("a body of exactly 64 KiB is read, one byte more is too large", async () => {
      const bytes = (length: number) => `{"title":"Water"}`.padEnd(length)
      expect((await raw(bytes(64 * 1024))).status).toBe(201)
      const { body, status } = await raw(bytes(64 * 1024 + 1))
      expect([status, body.code]).toEqual([413, "payload_too_large"])
    })

    it("thousands of unknown fields and very long names get a short response", async () => {
      const many = await raw(
        JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, 1]))),
      )
      expect(many.body.code).toBe("validation_failed")
      expect(many.body.errors?.length).toBeLessThanOrEqual(50)
      const long = await raw(JSON.stringify({ ["k".repeat(60_000)]: 1 }))
      expect(long.body.code).toBe("validation_failed")
      expect(long.text.length).toBeLessThan(1000)
      const query = await ask("GET", `/api/v1/users/me?${"k".repeat(10_000)}=1`)
      expect(query.text.length).toBeLessThan(1000)
    })
  })
