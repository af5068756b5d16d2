/** A store of the random walks: one set of use cases on one set of adapters. */
import { Cause, Clock, Effect, Exit, Layer, Logger, ManagedRuntime, Result, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import * as HmacOpaqueTokens from "../../../adapters/crypto/HmacOpaqueTokens.ts"
import * as JoseAccessTokens from "../../../adapters/crypto/JoseAccessTokens.ts"
import type * as SigningKeys from "../../../adapters/crypto/SigningKeys.ts"
import * as MemoryProfileCache from "../../../adapters/memory/state/MemoryProfileCache.ts"
import * as MemoryRevokedSessions from "../../../adapters/memory/state/MemoryRevokedSessions.ts"
import type { ProfileCache } from "../../../application/accounts/ProfileCache.ts"
import { RefreshPolicy } from "../../../application/accounts/sessions/RefreshPolicy.ts"
import type { RevokedSessions } from "../../../application/accounts/sessions/RevokedSessions.ts"
import type { AccessTokens } from "../../../application/accounts/tokens/AccessTokens.ts"
import type { OpaqueTokens } from "../../../application/accounts/tokens/OpaqueTokens.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { IdGenerator } from "../../../application/shared/IdGenerator.ts"
import type { RefreshPolicy as Policy } from "../../../domain/accounts/Session.ts"

export type WalkPorts = AccessTokens | RevokedSessions | IdGenerator | OpaqueTokens | ProfileCache | Repositories

/** The result of an operation: a value, or a refusal by its name with its fields. */
export type Answer = { readonly value: unknown } | { readonly refused: string; readonly [field: string]: unknown }

/** One operation of a walk: the effect to run, and its time. */
export interface Operation {
  readonly effect: Effect.Effect<unknown, unknown, WalkPorts>
  /**
   * The number of the operation across all walks. Ids and random bytes follow from it, so that they are the same
   * in every store.
   */
  readonly number: number
  readonly millis: number
}

export interface Store {
  readonly name: string
  readonly answer: (operation: Operation) => Promise<Answer>
  readonly stop: () => Promise<void>
}

export const accessTokenLifetimeMillis = 60 * 60 * 1000
export const refreshPolicy: Policy = { lifetimeMillis: 7 * 24 * 60 * 60 * 1000, reuseLeewayMillis: 5_000 }

/** The id that the operation's n-th call of `IdGenerator` returns. Ids do not sort in the order of their creation. */
export const idOf = (operation: number, call = 0): string => {
  const count = operation * 16 + call
  const scrambled = Math.imul(count, 0x9e3779b1) >>> 0
  return `${hex(scrambled, 8)}-0000-7000-8000-${hex(count, 12)}`
}

/** An id that no record ever has. */
export const unknownId = "ffffffff-ffff-7fff-bfff-ffffffffffff"

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0")

/** Starts a set of use cases on the store, with the same ids, randomness, time and keys as every other set. */
export const startStore = (
  name: string,
  repositories: Layer.Layer<Repositories, unknown>,
  keys: SigningKeys.SigningKeys,
): Store => {
  let current: Operation = { effect: Effect.void, number: 0, millis: 0 }
  let idsMade = 0
  let bytesDrawn = 0

  const ids = Layer.succeed(
    IdGenerator,
    IdGenerator.of({
      next: <Id extends string>() => Effect.sync(() => idOf(current.number, idsMade++) as Id),
    }),
  )
  const random = Layer.succeed(
    SecureRandom.SecureRandom,
    SecureRandom.make((size) => Buffer.from(idOf(current.number, bytesDrawn++).padEnd(size, ".")).subarray(0, size)),
  )
  const accessTokens = JoseAccessTokens.layer({
    keys,
    issuer: "walk",
    audience: "walk",
    lifetimeMillis: accessTokenLifetimeMillis,
  })
  const services = Layer.mergeAll(
    repositories,
    HmacOpaqueTokens.layer.pipe(Layer.provide(random)),
    MemoryProfileCache.layer,
    MemoryRevokedSessions.layer.pipe(Layer.provideMerge(accessTokens)),
    Layer.succeed(RefreshPolicy, refreshPolicy),
    Logger.layer([]),
  ).pipe(Layer.provideMerge(ids))
  const runtime = ManagedRuntime.make(services)

  return {
    name,
    answer: async (operation) => {
      current = operation
      idsMade = 0
      bytesDrawn = 0
      const exit = await runtime.runPromiseExit(atTime(operation))
      if (Exit.isSuccess(exit)) return { value: exit.value }
      const refusal = Cause.findError(exit.cause)
      if (Cause.hasDies(exit.cause) || Result.isFailure(refusal)) {
        throw new Error(`${name} is broken: ${Cause.pretty(exit.cause)}`)
      }
      return toRefusal(refusal.success)
    },
    stop: () => runtime.dispose(),
  }
}

const atTime = ({ effect, millis }: Operation): Operation["effect"] =>
  Effect.clockWith((real) =>
    Effect.provideService(effect, Clock.Clock, {
      currentTimeMillisUnsafe: () => millis,
      currentTimeMillis: Effect.succeed(millis),
      currentTimeNanosUnsafe: () => BigInt(millis) * 1_000_000n,
      currentTimeNanos: Effect.succeed(BigInt(millis) * 1_000_000n),
      monotonicTimeNanosUnsafe: () => BigInt(millis) * 1_000_000n,
      monotonicTimeNanos: Effect.succeed(BigInt(millis) * 1_000_000n),
      sleep: (duration) => real.sleep(duration),
    }),
  )

/** The result of a malformed command. Other tests cover the wording of schemas. */
export const malformed: Answer = { refused: "Malformed" }

const toRefusal = (error: unknown): Answer => {
  if (Schema.isSchemaError(error)) return malformed
  if (!(error instanceof Error) || !("_tag" in error)) throw new Error(`no refusal: ${String(error)}`)
  const { _tag, divergence, ...fields } = Object.fromEntries(Object.entries(error))
  if (isDivergence(divergence)) return { refused: String(error._tag), ...fields, divergence: inOrder(divergence) }
  return { refused: String(error._tag), ...fields }
}

interface Fields {
  readonly changedFields: ReadonlyArray<string>
  readonly conflictingFields: ReadonlyArray<string>
}

const isDivergence = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && "changedFields" in value

/** Sorts the fields: each store reads them in an order of its own. */
const inOrder = ({ changedFields, conflictingFields, ...rest }: Fields) => ({
  changedFields: changedFields.toSorted(),
  conflictingFields: conflictingFields.toSorted(),
  ...rest,
})
