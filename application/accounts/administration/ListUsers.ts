/** The use case that lists the accounts of all users, for an operator. */
import { Schema } from "effect"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"

/** The maximum number of accounts on one page. */
export const maxListedUsers = 1000

export const ListUsers = Schema.Struct({
  /** The last account of the page before; null for the first page. */
  after: Schema.NullOr(UserId),
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxListedUsers })),
})
export interface ListUsers extends Schema.Schema.Type<typeof ListUsers> {}

/** Returns a page of accounts in order of their ids, and where the next page begins; null if there is none. */
export const listUsers = useCase("listUsers")(function* ({ after, limit }: ListUsers) {
  const accounts = yield* AccountRepository
  const found = yield* accounts.list(after, limit + 1)
  const users = found.slice(0, limit)
  return { users, next: found.length > limit ? (users.at(-1)?.id ?? null) : null }
})
