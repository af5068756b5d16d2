import { Effect, Option } from "effect"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import type { UserAccount } from "../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { mayAskForEmail } from "../mail/MayAskForEmail.ts"
import type { EmailKind } from "../mail/Outbox.ts"
import { queueEmail } from "../mail/QueueEmail.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { AccountRepository } from "./AccountRepository.ts"

/** No answer comes sooner, so that the time does not tell whether there was something to do. */
const floorMillis = 100

interface Wanted<R> {
  readonly email: EmailAddress
  readonly kind: EmailKind
  readonly isFor: (account: UserAccount) => boolean
  /** Takes away what the older mails of the kind were good for. */
  readonly endOlder: (userId: UserId) => Effect.Effect<void, never, R>
}

/**
 * Queues a mail to the account with that address, where it is for such an account, at most 10 times an hour. Who asks
 * has shown nothing but the address, so neither the answer nor its time tells whether there is an account.
 */
export const mailIfKnown = <R>(wanted: Wanted<R>) =>
  Effect.asVoid(Effect.all([queueIfKnown(wanted), Effect.sleep(floorMillis)], { concurrency: 2 }))

const queueIfKnown = Effect.fnUntraced(function* <R>({ email, endOlder, isFor, kind }: Wanted<R>) {
  const accounts = yield* AccountRepository
  const { atomically } = yield* UnitOfWork
  const found = Option.getOrNull(yield* accounts.findByEmail(email))
  if (found === null || !isFor(found)) return
  yield* atomically(
    Effect.gen(function* () {
      // Held, so that many who ask at once are counted one after the other.
      const account = yield* accounts.getForUpdate(found.id)
      if (!isFor(account) || !(yield* mayAskForEmail(account.id, kind))) return
      yield* endOlder(account.id)
      yield* queueEmail(account.id, kind)
    }),
  ).pipe(Effect.catchTag("AccountNotFound", () => Effect.void))
})
