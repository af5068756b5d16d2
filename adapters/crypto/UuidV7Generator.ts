import { Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { IdGenerator } from "../../application/shared/IdGenerator.ts"

/** Ids of version 7, timed by Effect's Clock; those of one layer sort in the order in which they were made. */
export const layer: Layer.Layer<IdGenerator, never, SecureRandom.SecureRandom> = Layer.effect(
  IdGenerator,
  Effect.map(SecureRandom.SecureRandom, (random) => IdGenerator.of({ next: random.uuidV7() })),
)
