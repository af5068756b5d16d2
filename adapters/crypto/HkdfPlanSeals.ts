/** Seals of plans: an HMAC with a key that is derived from the signing keys. */
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto"
import { Layer } from "effect"
import { PlanSeals } from "../../application/batch/PlanSeals.ts"
import type { SigningKey, SigningKeys } from "./SigningKeys.ts"

const keyBytes = 32
/** Keeps the derived key apart from every other use of the signing key. */
const purpose = "taskwright plan seal 1"

const deriveKey = ({ privateKey }: SigningKey): Buffer =>
  Buffer.from(hkdfSync("sha256", privateKey.export({ type: "pkcs8", format: "der" }), "", purpose, keyBytes))

const sealWith = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest()

/**
 * HMAC-SHA256 with a key of HKDF-SHA256 over the first signing key. Seals with the other keys are accepted, so plans
 * survive a rotation of the keys. Processes with the same signing keys accept each other's seals.
 */
export const layer = (keys: SigningKeys): Layer.Layer<PlanSeals> =>
  Layer.sync(PlanSeals, () => {
    const [first, ...others] = keys
    const firstKey = deriveKey(first)
    const all = [firstKey, ...others.map(deriveKey)]
    return PlanSeals.of({
      seal: (text) => sealWith(firstKey, text).toString("base64url"),
      isSealOf: (seal, text) => {
        const given = Buffer.from(seal, "base64url")
        return given.length === keyBytes && all.some((key) => timingSafeEqual(given, sealWith(key, text)))
      },
    })
  })
