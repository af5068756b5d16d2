/** The use case that signs in the owner of a list of one's own, and creates the account the first time. */
import { Effect, Option, Schema } from "effect"
import { NoOwner } from "../../../domain/accounts/AccountErrors.ts"
import * as Owner from "../../../domain/accounts/Owner.ts"
import { Device } from "../../../domain/accounts/Session.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { IdGenerator } from "../../shared/IdGenerator.ts"
import { now } from "../../shared/Now.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { startSession } from "../sessions/StartSession.ts"
import { findOwner } from "./FindOwner.ts"

export const SignInOwner = Schema.Struct({ device: Schema.NullOr(Device) })
export interface SignInOwner extends Schema.Schema.Type<typeof SignInOwner> {}

/**
 * Starts a session of the owner, without a password. Creates the owner in a store without accounts. Fails with `NoOwner`
 * if any other account exists, or if an operator disabled the owner.
 *
 * It asks for nothing, so a driver MUST call it only for a caller that can read the whole store anyway: the user of the
 * machine, and never a network.
 */
export const signInOwner = useCase("signInOwner")(function* (command: SignInOwner) {
  const { atomically } = yield* UnitOfWork
  return yield* atomically(
    Effect.gen(function* () {
      const account = yield* requireOwner
      return { account, tokens: yield* startSession(account.id, command.device) }
    }),
  )
})

const requireOwner = Effect.gen(function* () {
  const accounts = yield* AccountRepository
  const [first, second] = yield* accounts.list(null, 2)
  if (first === undefined) return yield* openOwner
  if (second === undefined && Owner.isOwner(first) && first.disabledAt === null) return first
  return yield* new NoOwner()
})

const openOwner = Effect.gen(function* () {
  const accounts = yield* AccountRepository
  const ids = yield* IdGenerator
  const account = Owner.open(yield* ids.next(UserId), yield* now)
  return yield* accounts.insert(account).pipe(
    Effect.as(account),
    // Another command was first.
    Effect.catchTag("EmailTaken", () =>
      Effect.flatMap(findOwner, Option.match({ onNone: () => Effect.fail(new NoOwner()), onSome: Effect.succeed })),
    ),
  )
})
