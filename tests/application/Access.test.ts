/** Holds the decision of what an identity may do to the setting and to the verification of the address. */
import { expect, layer } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { checkScopes, makeAccess, type Permission, requireSession } from "../../application/access/Access.ts"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { verifyEmail } from "../../application/accounts/email/VerifyEmail.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { memory } from "../../bootstrap/memory.ts"
import { ApiTokenName } from "../../domain/accounts/ApiToken.ts"
import { InsufficientScope, SessionRequired } from "../../domain/accounts/ApiTokenErrors.ts"
import { Identity } from "../../domain/accounts/Identity.ts"
import { type Scope, scopes } from "../../domain/accounts/Scope.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { fromMillis, maxMillis } from "../../domain/shared/Timestamp.ts"
import { lastMailedToken, registerUser } from "../support/accounts.ts"
import { newApiTokenId, newSessionId, newUserId } from "../support/entities.ts"

const permissions: ReadonlyArray<Permission> = ["account", "tasks"]
const newIdentity = () =>
  Identity.Session({ userId: newUserId(), sessionId: newSessionId(), expiresAt: fromMillis(maxMillis) })
const newToken = (granted: ReadonlyArray<Scope>, userId: UserId) =>
  Identity.ApiToken({
    userId,
    tokenId: newApiTokenId(),
    name: ApiTokenName.make("a program"),
    scopes: granted,
    expiresAt: fromMillis(maxMillis),
  })
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

  it.effect("of an API token needs a verified address as its user's session does", () =>
    Effect.gen(function* () {
      const access = yield* strict
      const { account } = yield* registerUser
      const identity = newToken(["tasks:read"], account.id)
      const decide = access.decide(identity, "tasks", Effect.succeed("allowed"), ({ _tag }) => Effect.succeed(_tag))
      expect(yield* decide).toBe("EmailNotVerified")
      yield* verifyEmail({ token: yield* lastMailedToken(account.email) })
      expect(yield* decide).toBe("allowed")
    }),
  )

  it.effect("has every scope if it is a session, and those of its token otherwise", () =>
    Effect.gen(function* () {
      const session = newIdentity()
      const token = newToken(["tasks:read", "categories:write"], newUserId())
      for (const required of ["session", [], scopes] as const) expect(checkScopes(session, required)).toBe(null)
      expect(checkScopes(token, [])).toBe(null)
      expect(checkScopes(token, ["categories:write", "tasks:read"])).toBe(null)
      expect(checkScopes(token, "session")).toStrictEqual(new SessionRequired())
      expect(checkScopes(token, ["tasks:delete", "tasks:read", "tasks:write", "tasks:delete"])).toStrictEqual(
        new InsufficientScope({ missing: ["tasks:write", "tasks:delete"] }),
      )
      expect(yield* requireSession(session)).toBe(session)
      expect(yield* Effect.flip(requireSession(token))).toStrictEqual(new SessionRequired())
    }),
  )
})
