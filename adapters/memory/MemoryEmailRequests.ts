// Implements `EmailRequests` on the memory store.
import { Effect, Layer, Option, Result } from "effect"
import { EmailRequests, waitingRequestsLimit } from "../../application/outbox/EmailRequests.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { MemoryStore, type State } from "./MemoryStore.ts"

const full = new Unavailable({ dependency: "the queue of requests for mails (it is full)", retryAfterMillis: 5_000 })

export const layer: Layer.Layer<EmailRequests, never, MemoryStore> = Layer.effect(
  EmailRequests,
  Effect.map(MemoryStore, ({ modify, read, write }) =>
    EmailRequests.of({
      add: (request) =>
        Effect.orDie(
          write((state): Result.Result<State, Unavailable> => {
            const { emailRequests } = state
            return emailRequests.length >= waitingRequestsLimit
              ? Result.fail(full)
              : Result.succeed({ ...state, emailRequests: [...emailRequests, request].sort(byId) })
          }),
        ),
      take: (afterId) =>
        modify((state) => {
          const request = state.emailRequests.find(({ id }) => afterId === null || id > afterId)
          return Result.succeed([
            Option.fromNullishOr(request),
            { ...state, emailRequests: state.emailRequests.filter((other) => other !== request) },
          ] as const)
        }),
      waiting: read(({ emailRequests }) => Effect.succeed(emailRequests.length)),
    }),
  ),
)

const byId = (one: { readonly id: string }, other: { readonly id: string }): number =>
  one.id < other.id ? -1 : one.id > other.id ? 1 : 0
