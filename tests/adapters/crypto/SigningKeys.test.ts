/** Holds signing keys to the formats that they are read from and to one stored key. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto"
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { calculateJwkThumbprint, exportJWK } from "jose"
import * as Ed25519PublicKeys from "../../../adapters/crypto/Ed25519PublicKeys.ts"
import * as SigningKeys from "../../../adapters/crypto/SigningKeys.ts"
import { PublicKeys } from "../../../application/accounts/tokens/PublicKeys.ts"

const pem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString()
const ed25519 = () => generateKeyPairSync("ed25519").privateKey
const kids = (text: string): ReadonlyArray<string> => Result.getOrThrow(SigningKeys.parse(text)).map((key) => key.kid)

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "taskwright-keys-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true })),
)

const turns = (count: number): Effect.Effect<void> =>
  Effect.promise(async () => {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
  })

describe("SigningKeys.parse", () => {
  it("parses several keys in their order, named by their RFC 7638 thumbprints", async () => {
    const keys = [ed25519(), ed25519(), ed25519()]
    const thumbprints = await Promise.all(
      keys.map(async (key) => calculateJwkThumbprint(await exportJWK(createPublicKey(key)))),
    )
    const text = keys.map(pem).join("")
    expect(kids(text)).toStrictEqual(thumbprints)
    expect(kids(`\n\n${keys.map(pem).join("\n\n")}  \n`)).toStrictEqual(thumbprints)
    expect(kids(text.replaceAll("\n", "\r\n"))).toStrictEqual(thumbprints)
    expect(kids(text.replaceAll("\n", "\\n"))).toStrictEqual(thumbprints)
    expect(kids(text.replaceAll("\n", "\\r\\n"))).toStrictEqual(thumbprints)
  })

  it("refuses text without Ed25519 keys, in one line that does not repeat it", () => {
    const good = pem(ed25519())
    const secret = good.split("\n")[1] ?? ""
    const ed448 = generateKeyPairSync("ed448").privateKey
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
    const publicKey = createPublicKey(ed25519()).export({ type: "spki", format: "pem" }).toString()
    const encrypted = ed25519()
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
      .toString()
    const cases: ReadonlyArray<readonly [text: string, reason: RegExp]> = [
      ["", /no key/],
      ["secret", /outside/],
      [`${good}${secret}`, /outside/],
      [pem(rsa), /key 1 is not an Ed25519 key but rsa$/],
      [`${good}${pem(ed448)}`, /key 2 is not an Ed25519 key but ed448$/],
      [publicKey, /not a PKCS#8 private key/],
      [encrypted, /not a PKCS#8 private key/],
      [good.replace(secret, secret.slice(1)), /key 1 cannot be read/],
      [`${good}${good}`, /twice/],
      [Array.from({ length: 17 }, () => pem(ed25519())).join(""), /more than 16/],
    ]
    for (const [text, reason] of cases) {
      const result = SigningKeys.parse(text)
      expect(Result.isFailure(result), reason.source).toBe(true)
      const message = Result.isFailure(result) ? result.failure.message : ""
      expect(message).toMatch(reason)
      expect(message).not.toContain("\n")
      expect(message).not.toContain(secret)
    }
  })
})

describe("SigningKeys.loadOrCreate", () => {
  it.effect("creates a key once, readable by its owner only, and leaves no other file", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "new", "data")
      const [made] = yield* SigningKeys.loadOrCreate(folder)
      const [again] = yield* SigningKeys.loadOrCreate(folder)
      expect(again.kid).toBe(made.kid)
      expect(again.privateKey.equals(made.privateKey)).toBe(true)
      const entries = yield* Effect.promise(() => readdir(folder))
      expect(entries).toStrictEqual(["jwt-private-key.pem"])
      const { mode } = yield* Effect.promise(() => stat(join(folder, "jwt-private-key.pem")))
      expect(mode & 0o777).toBe(0o600)
    }),
  )

  it.effect("gives the same key to processes that start at the same time", () =>
    Effect.gen(function* () {
      for (let round = 0; round < 20; round++) {
        const folder = yield* temporaryFolder
        // Each starts a few turns of the event loop after the previous one, so that their steps interleave
        // in many ways.
        const starts = Array.from({ length: 10 }, (_, index) =>
          Effect.andThen(turns(index * (round % 5)), SigningKeys.loadOrCreate(folder)),
        )
        const all = yield* Effect.all(starts, { concurrency: "unbounded" })
        expect(new Set(all.map(([key]) => key.kid)).size).toBe(1)
      }
    }),
  )

  it.effect("names a file that contains no key, and does not replace it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "jwt-private-key.pem")
      yield* Effect.promise(() => writeFile(file, "not a key"))
      const error = yield* Effect.flip(SigningKeys.loadOrCreate(folder))
      expect(error.message).toBe(`${file}: there is text outside the PEM blocks`)
      expect(yield* Effect.promise(() => readFile(file, "utf8"))).toBe("not a key")
    }),
  )

  it.effect("reports why the file cannot be used", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* Effect.promise(() => mkdir(join(folder, "jwt-private-key.pem")))
      const error = yield* Effect.flip(SigningKeys.loadOrCreate(folder))
      expect(error.message).toMatch(/jwt-private-key\.pem cannot be used \(EISDIR\)$/)
    }),
  )
})

describe("Ed25519PublicKeys", () => {
  it.effect("publishes the public members of every key, and no private one", () =>
    Effect.gen(function* () {
      const keys = [ed25519(), ed25519()]
      const signingKeys = Result.getOrThrow(SigningKeys.parse(keys.map(pem).join("")))
      const published = yield* Effect.provide(PublicKeys, Ed25519PublicKeys.layer(signingKeys))
      expect(published.keys).toStrictEqual(
        keys.map((key, index) => ({
          id: String(signingKeys[index]?.kid),
          algorithm: "Ed25519",
          value: String(createPublicKey(key).export({ format: "jwk" }).x),
        })),
      )
      const text = JSON.stringify(published)
      for (const key of keys) expect(text).not.toContain(String(key.export({ format: "jwk" }).d))
    }),
  )
})
