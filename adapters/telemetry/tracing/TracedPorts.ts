/** Wraps ports, so that their calls have spans. Statements and commands have theirs in the clients that send them. */
import { Effect, Layer } from "effect"
import { PasswordHasher } from "../../../application/accounts/passwords/PasswordHasher.ts"

/** Hashing takes most of the time of a login, with its wait for a turn. */
const passwordHasher = Layer.effect(
  PasswordHasher,
  Effect.map(PasswordHasher, (inner) => ({
    ...inner,
    hash: (password, turn) => Effect.useSpan("hashPassword", () => inner.hash(password, turn)),
    verify: (password, hash, turn) => Effect.useSpan("verifyPasswordHash", () => inner.verify(password, hash, turn)),
  })),
)

/** Traces what these ports do in a request. It needs the ports that it wraps. */
export const layer = passwordHasher
