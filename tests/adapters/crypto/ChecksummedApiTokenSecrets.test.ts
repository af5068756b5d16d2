/** Holds the secrets of API tokens to their form, and to what scanners of secrets can check without the service. */
import { hash } from "node:crypto"
import { crc32 } from "node:zlib"
import { expect, layer } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import { toBase62 } from "../../../adapters/crypto/Base62.ts"
import * as ChecksummedApiTokenSecrets from "../../../adapters/crypto/ChecksummedApiTokenSecrets.ts"
import { secretExample } from "../../../adapters/http/api/v1/TokenResource.ts"
import { ApiTokenSecrets } from "../../../application/accounts/tokens/ApiTokenSecrets.ts"

const secrets = ChecksummedApiTokenSecrets.layer.pipe(Layer.provide(SecureRandom.layerWebCrypto))

const withBytes = (byte: number) =>
  ChecksummedApiTokenSecrets.layer.pipe(
    Layer.provide(
      Layer.succeed(
        SecureRandom.SecureRandom,
        SecureRandom.make((size) => new Uint8Array(size).fill(byte)),
      ),
    ),
  )

layer(secrets)("the secrets of API tokens", (it) => {
  it.effect("have the published form, are all different, and are read back under the hash that is stored", () =>
    Effect.gen(function* () {
      const { isSecret, make, read } = yield* ApiTokenSecrets
      const made = yield* Effect.all(Array.from({ length: 1_000 }, () => make))
      expect(new Set(made.map(({ secret }) => secret)).size).toBe(1_000)
      for (const { hash: stored, prefix, secret } of made) {
        expect(secret).toMatch(/^twk_[0-9A-Za-z]{49}$/)
        expect([isSecret(secret), read(secret)]).toEqual([true, Option.some(stored)])
        expect(stored).toBe(hash("sha256", secret, "base64url"))
        expect(prefix).toBe(secret.slice(0, 8))
        expect(secret.slice(47)).toBe(toBase62(BigInt(crc32(secret.slice(0, 47))), 6))
      }
    }),
  )

  it.effect("are refused if any one character is another", () =>
    Effect.gen(function* () {
      const { make, read } = yield* ApiTokenSecrets
      const { secret } = yield* make
      for (let place = 0; place < secret.length; place++) {
        for (const other of ["0", "a", "Z", "-"]) {
          if (secret[place] === other) continue
          expect(read(`${secret.slice(0, place)}${other}${secret.slice(place + 1)}`)).toStrictEqual(Option.none())
        }
      }
      for (const text of ["", "twk_", secret.slice(1), `${secret}0`, `${secret}\n`, secretExample]) {
        expect(read(text)).toStrictEqual(Option.none())
      }
    }),
  )

  it.effect("are no access tokens, and no access token is one", () =>
    Effect.gen(function* () {
      const { isSecret } = yield* ApiTokenSecrets
      expect(["eyJhbGciOiJFZERTQSJ9.e30.c2ln", "TWK_", ""].map(isSecret)).toEqual([false, false, false])
    }),
  )

  for (const byte of [0, 0xff]) {
    it.effect(`have 53 characters also if all random bytes are ${byte}`, () =>
      Effect.gen(function* () {
        const { make, read } = yield* ApiTokenSecrets
        const { hash: stored, secret } = yield* make
        expect([secret.length, read(secret)]).toEqual([53, Option.some(stored)])
      }).pipe(Effect.provide(withBytes(byte))),
    )
  }
})
