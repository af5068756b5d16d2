/** Holds the decision of what an identity may do to the setting and to the verification of the address. */
import { expect, layer } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { makeAccess, type Permission } from "../../application/access/Access.ts"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { verifyEmail } from "../../application/accounts/email/VerifyEmail.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { memory } from "../../bootstrap/memory.ts"
import { Identity } from "../../domain/accounts/Identity.ts"
import { fromMillis, maxMillis } from "../../domain/shared/Timestamp.ts"
import { lastMailedToken, registerUser } from "../support/accounts.ts"
import { newSessionId, newUserId } from "../support/entities.ts"

const permissions: ReadonlyArray<Permission> = ["account", "tasks"]
const newIdentity = () =>
  Identity.Session({ userId: newUserId(), sessionId: newSessionId(), expiresAt: fromMillis(maxMillis) })
const strict = makeAccess({ isVerifiedEmailRequired: true })

layer(memory)("an identity", (it) => {
  it.effect("may do everything at once if no verified address is required", () =>
    Effect.gen(function* () {
      const access = yield* makeAccess({ isVerifiedEmailRequired: false })
      const identity = newIdentity()
      const allowed = Effect.succeed("allowed")
      for (const permission of permissions) {
        expect(access.decide(identity, permission, allowed, Effect.die)).toBe(allowed)
      }
    }),
  )

  it.effect("may use its account, and its tasks only after the address was verified", () =>
    Effect.gen(function* () {
      const access = yield* strict
      const { account, tokens } = yield* registerUser
      const identity = yield* authenticate(tokens)
      const decide = (permission: Permission) =>
        access.decide(identity, permission, Effect.succeed("allowed"), ({ _tag }) => Effect.succeed(_tag))
      expect(yield* decide("account")).toBe("allowed")
      expect(yield* decide("tasks")).toBe("EmailNotVerified")
      yield* verifyEmail({ token: yield* lastMailedToken(account.email) })
      expect(yield* decide("tasks")).toBe("allowed")
    }),
  )

  it.effect("is looked up once after its address was verified", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      yield* verifyEmail({ token: yield* lastMailedToken(account.email) })
      const identity = yield* authenticate(tokens)
      const accounts = yield* AccountRepository
      let lookups = 0
      const counting = AccountRepository.of({
        ...accounts,
        get: (userId) => {
          lookups += 1
          return accounts.get(userId)
        },
      })
      const access = yield* strict.pipe(Effect.provideService(AccountRepository, counting))
      for (let call = 0; call < 3; call++) yield* access.decide(identity, "tasks", Effect.void, Effect.fail)
      expect(lookups).toBe(1)
    }),
  )

  it.effect("counts as an invalid token if its account was deleted, and nothing is called for it", () =>
    Effect.gen(function* () {
      const access = yield* strict
      const identity = newIdentity()
      const exit = yield* Effect.exit(access.decide(identity, "tasks", Effect.die("called"), Effect.fail))
      expect(Exit.isFailure(exit)).toBe(true)
      expect((yield* Effect.flip(exit))._tag).toBe("InvalidAccessToken")
    }),
  )
})
