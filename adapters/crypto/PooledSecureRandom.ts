/** Random bytes for ids. */
import { randomFillSync } from "node:crypto"
import { Layer } from "effect"
import { SecureRandom } from "effect/crypto"

/** One draw costs the same for one id as for hundreds. */
const pool = new Uint8Array(4096)
let used = pool.length

const draw = (size: number): Uint8Array => {
  if (size > pool.length) return randomFillSync(new Uint8Array(size))
  if (used + size > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const bytes = pool.slice(used, used + size)
  used += size
  return bytes
}

/** The system's randomness, drawn for many ids at once. For ids alone; secrets are drawn when they are needed. */
export const layer: Layer.Layer<SecureRandom.SecureRandom> = Layer.succeed(
  SecureRandom.SecureRandom,
  SecureRandom.make(draw),
)
