/** Finds the owner of a list of one's own. */
import { Effect, Option } from "effect"
import { isOwner, ownerEmail } from "../../../domain/accounts/Owner.ts"
import { AccountRepository } from "../AccountRepository.ts"

/** Returns the account of the owner, if the store has one that no address and no password were given yet. */
export const findOwner = Effect.gen(function* () {
  const accounts = yield* AccountRepository
  return Option.filter(yield* accounts.findByEmail(ownerEmail), isOwner)
})
