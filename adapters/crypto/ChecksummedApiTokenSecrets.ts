/** The secrets of API tokens: random, and with a checksum that needs no store. */
import { hash } from "node:crypto"
import { crc32 } from "node:zlib"
import { Effect, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import { ApiTokenSecrets } from "../../application/accounts/tokens/ApiTokenSecrets.ts"
import type { TokenHash } from "../../domain/accounts/TokenHash.ts"
import { toBase62 } from "./Base62.ts"

const start = "twk_"
const secretBytes = 32
/** How many digits 256 bits and the 32 bits of the checksum take. */
const [secretLength, checksumLength] = [43, 6]
const bodyLength = start.length + secretLength
const pattern = /^twk_[0-9A-Za-z]{49}$/
/** How much of a secret is stored: four characters of the random part, which leave it 232 bits. */
const prefixLength = start.length + 4

const checksumOf = (body: string): string => toBase62(BigInt(crc32(body)), checksumLength)

const hashOf = (secret: string): TokenHash => hash("sha256", secret, "base64url") as TokenHash

const read = (text: string): Option.Option<TokenHash> =>
  pattern.test(text) && checksumOf(text.slice(0, bodyLength)) === text.slice(bodyLength)
    ? Option.some(hashOf(text))
    : Option.none()

/**
 * Secrets of 53 characters: `twk_`, 256 random bits in 43 digits of base 62, and the CRC-32 of all that in 6. An access
 * token cannot begin so, because a JWT begins with `ey`.
 */
export const layer: Layer.Layer<ApiTokenSecrets, never, SecureRandom.SecureRandom> = Layer.effect(
  ApiTokenSecrets,
  Effect.map(SecureRandom.SecureRandom, (random) =>
    ApiTokenSecrets.of({
      make: Effect.map(random.randomBytes(secretBytes), (bytes) => {
        const body = `${start}${toBase62(BigInt(`0x${Buffer.from(bytes).toString("hex")}`), secretLength)}`
        const secret = `${body}${checksumOf(body)}`
        return { secret, hash: hashOf(secret), prefix: secret.slice(0, prefixLength) }
      }),
      isSecret: (text) => text.startsWith(start),
      read,
    }),
  ),
)
