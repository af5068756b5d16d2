import { Effect, Layer } from "effect"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { MemoryStore } from "./MemoryStore.ts"

/** Units of the memory store: one at a time, and none is ever run again. */
export const layer: Layer.Layer<UnitOfWork, never, MemoryStore> = Layer.effect(
  UnitOfWork,
  Effect.map(MemoryStore, ({ atomically }) => UnitOfWork.of({ atomically })),
)
