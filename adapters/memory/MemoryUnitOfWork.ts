/** Implements `UnitOfWork` on the memory store. */
import { Effect, Layer } from "effect"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { MemoryStore } from "./MemoryStore.ts"

/** Units of work on the memory store. They run one at a time, and none is ever retried. */
export const layer: Layer.Layer<UnitOfWork, never, MemoryStore> = Layer.effect(
  UnitOfWork,
  Effect.map(MemoryStore, ({ atomically }) => UnitOfWork.of({ atomically })),
)
