/** Generates the ids of all records. */
import { Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { IdGenerator } from "../../application/shared/IdGenerator.ts"

/** UUIDs of version 7, timed by Effect's Clock. The ids of one layer sort in the order of their creation. */
export const layer: Layer.Layer<IdGenerator, never, SecureRandom.SecureRandom> = Layer.effect(
  IdGenerator,
  Effect.map(SecureRandom.SecureRandom, (random) => {
    const uuid = random.uuidV7()
    // The brand is asserted, not checked: every generated text has the form.
    return IdGenerator.of({ next: <Id extends string>() => uuid as Effect.Effect<Id> })
  }),
)
