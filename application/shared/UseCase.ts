/** Gives use cases their spans. */
import { Effect, References } from "effect"

type Run = (...command: ReadonlyArray<unknown>) => Effect.Effect<unknown, unknown, unknown>
type Body = (...command: ReadonlyArray<unknown>) => Generator<Effect.Effect<unknown, unknown, unknown>, unknown, never>

/**
 * Defines a use case as `Effect.fn` does, with a span of this name if the request is traced. If it is not, a call costs
 * no more than one of `Effect.fnUntraced`. A call of `Effect.fn` takes ten times as long, because it captures a stack.
 */
export const useCase = (name: string): typeof Effect.fnUntraced => {
  const define = (body: Body): Run => {
    const run: Run = Effect.fnUntraced(body)
    return (...command) =>
      Effect.withFiber((fiber) =>
        fiber.getRef(References.TracerEnabled) ? Effect.withSpan(run(...command), name) : run(...command),
      )
  }
  return define as typeof Effect.fnUntraced
}
