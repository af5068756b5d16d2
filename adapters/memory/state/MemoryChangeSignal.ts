/** Implements `ChangeSignal` for one process. */
import { Effect, Layer, Queue } from "effect"
import { ChangeSignal } from "../../../application/changes/ChangeSignal.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"

/** Wakes the watchers of this process. */
export const make = (): ChangeSignal["Service"] => {
  const watchers = new Map<UserId, Set<Queue.Queue<void>>>()

  const add = (userId: UserId, queue: Queue.Queue<void>): void => {
    const ofUser = watchers.get(userId)
    if (ofUser === undefined) watchers.set(userId, new Set([queue]))
    else ofUser.add(queue)
  }

  const remove = (userId: UserId, queue: Queue.Queue<void>): void => {
    const ofUser = watchers.get(userId)
    ofUser?.delete(queue)
    if (ofUser?.size === 0) watchers.delete(userId)
  }

  const wake = (userId: UserId) =>
    Effect.sync(() => {
      for (const queue of watchers.get(userId) ?? []) Queue.offerUnsafe(queue, undefined)
    })

  return ChangeSignal.of({
    changed: wake,
    wake,
    watch: (userId) =>
      Effect.acquireRelease(
        Effect.tap(Queue.sliding<void>(1), (queue) => Effect.sync(() => add(userId, queue))),
        (queue) => Effect.sync(() => remove(userId, queue)),
      ).pipe(Effect.map(Queue.take)),
    watched: Effect.sync(() => [...watchers.keys()]),
  })
}

export const layer: Layer.Layer<ChangeSignal> = Layer.sync(ChangeSignal, make)
