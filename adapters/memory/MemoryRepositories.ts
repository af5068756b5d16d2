/** Collects the memory adapters of all repositories into one layer. */
import { Layer } from "effect"
import type { Repositories } from "../../application/Ports.ts"
import * as MemoryAccountRepository from "./MemoryAccountRepository.ts"
import * as MemoryApiTokenRepository from "./MemoryApiTokenRepository.ts"
import * as MemoryCategoryRepository from "./MemoryCategoryRepository.ts"
import * as MemoryChangeRepository from "./MemoryChangeRepository.ts"
import * as MemoryEmailRequests from "./MemoryEmailRequests.ts"
import * as MemoryEmailVerificationRepository from "./MemoryEmailVerificationRepository.ts"
import * as MemoryExpiredRecords from "./MemoryExpiredRecords.ts"
import * as MemoryIdempotencyRecords from "./MemoryIdempotencyRecords.ts"
import * as MemoryOutbox from "./MemoryOutbox.ts"
import * as MemoryPasswordResetRepository from "./MemoryPasswordResetRepository.ts"
import * as MemorySessionRepository from "./MemorySessionRepository.ts"
import * as MemoryStore from "./MemoryStore.ts"
import * as MemoryTaskRepository from "./MemoryTaskRepository.ts"
import * as MemoryUnitOfWork from "./MemoryUnitOfWork.ts"

/** A complete store in this process. It starts empty and is lost with the process. */
export const layer: Layer.Layer<Repositories> = Layer.mergeAll(
  MemoryAccountRepository.layer,
  MemoryApiTokenRepository.layer,
  MemoryCategoryRepository.layer,
  MemoryChangeRepository.layer,
  MemoryEmailRequests.layer,
  MemoryEmailVerificationRepository.layer,
  MemoryExpiredRecords.layer,
  MemoryIdempotencyRecords.layer,
  MemoryPasswordResetRepository.layer,
  MemoryOutbox.layer,
  MemorySessionRepository.layer,
  MemoryTaskRepository.layer,
  MemoryUnitOfWork.layer,
).pipe(Layer.provide(MemoryStore.layer))
