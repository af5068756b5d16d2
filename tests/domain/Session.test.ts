/** Holds sessions to token rotation, expiry, reuse detection and its leeway. */
import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { Device, Refresh, refresh, revoke, start } from "../../domain/accounts/Session.ts"
import { plusMillis } from "../../domain/shared/Timestamp.ts"
import { at, newSessionId, newTokenHash, newTokenSalt, newUserId } from "../support/entities.ts"

const strict = { lifetimeMillis: 60_000, reuseLeewayMillis: 0 }
const lenient = { lifetimeMillis: 60_000, reuseLeewayMillis: 10_000 }

const begin = () =>
  start({ id: newSessionId(), userId: newUserId(), device: null, tokenHash: newTokenHash() }, strict, at(0))
const makeNext = () => ({ hash: newTokenHash(), salt: newTokenSalt() })

/** A session that replaced its first token after ten seconds. */
const rotateOnce = () => {
  const { session, token } = begin()
  const next = makeNext()
  const decision = refresh({ session, presented: token, successor: null }, next, strict, at(10))
  if (decision._tag !== "Rotated") throw new Error(`The fixture cannot rotate: ${decision._tag}`)
  return { first: token, next, ...decision }
}

describe("start", () => {
  it("gives a session whose only token lives as long as the policy says", () => {
    const wanted = { id: newSessionId(), userId: newUserId(), device: Device.make("curl"), tokenHash: newTokenHash() }
    const { device, id, tokenHash, userId } = wanted
    expect(start(wanted, strict, at(0))).toStrictEqual({
      session: { id, userId, device, createdAt: at(0), lastUsedAt: at(0), expiresAt: at(60), revokedAt: null },
      token: { hash: tokenHash, sessionId: id, userId, expiresAt: at(60), replacement: null },
    })
  })
})

describe("refresh", () => {
  it("replaces a live token by its successor, which lives from then on", () => {
    const { session, token } = begin()
    const next = makeNext()
    const decision = refresh({ session, presented: token, successor: null }, next, strict, at(59.999))
    const expiresAt = at(119.999)
    expect(decision).toStrictEqual(
      Refresh.Rotated({
        session: { ...session, lastUsedAt: at(59.999), expiresAt },
        replaced: { ...token, replacement: { at: at(59.999), ...next } },
        successor: { hash: next.hash, sessionId: session.id, userId: session.userId, expiresAt, replacement: null },
      }),
    )
  })

  it("refuses a token from the moment at which it expires, replaced or not", () => {
    const { session, token } = begin()
    for (const now of [at(60), at(61)]) {
      expect(refresh({ session, presented: token, successor: null }, makeNext(), strict, now)._tag).toBe("Rejected")
    }
    const { replaced, session: rotated, successor } = rotateOnce()
    expect(refresh({ session: rotated, presented: replaced, successor }, makeNext(), strict, at(60))._tag).toBe(
      "Rejected",
    )
  })

  it("refuses every token of a session that has ended", () => {
    const { replaced, session, successor } = rotateOnce()
    const revoked = revoke(session, at(11))
    for (const [presented, its] of [
      [replaced, successor],
      [successor, null],
    ] as const) {
      expect(refresh({ session: revoked, presented, successor: its }, makeNext(), lenient, at(12))._tag).toBe(
        "Rejected",
      )
    }
  })

  it("takes a replaced token that comes back for theft, at once where there is no leeway", () => {
    const { replaced, session, successor } = rotateOnce()
    expect(refresh({ session, presented: replaced, successor }, makeNext(), strict, at(10))).toStrictEqual(
      Refresh.ReuseDetected(),
    )
  })

  it("gives the same successor again within the leeway, to its last millisecond", () => {
    const { next, replaced, session, successor } = rotateOnce()
    const ask = (now: ReturnType<typeof at>) =>
      refresh({ session, presented: replaced, successor }, makeNext(), lenient, now)
    for (const now of [at(10), at(15), at(19.999)])
      expect(ask(now)).toStrictEqual(Refresh.Reissued({ salt: next.salt }))
    for (const now of [at(20), at(20.001)]) expect(ask(now)._tag).toBe("ReuseDetected")
  })

  it("gives the same successor for no longer than the leeway, whatever the clocks say", () => {
    const { replaced, session, successor } = rotateOnce()
    const minuteMillis = 60_000
    fc.assert(
      fc.property(
        fc.integer({ min: -20 * minuteMillis, max: 20 * minuteMillis }),
        fc.integer({ min: 0, max: 10 * minuteMillis }),
        (elapsedMillis, reuseLeewayMillis) => {
          const policy = { lifetimeMillis: 7 * 24 * 60 * minuteMillis, reuseLeewayMillis }
          const longLived = { ...successor, expiresAt: plusMillis(at(10), policy.lifetimeMillis) }
          const shown = { ...replaced, expiresAt: longLived.expiresAt }
          const held = { session, presented: shown, successor: longLived }
          const { _tag } = refresh(held, makeNext(), policy, plusMillis(at(10), elapsedMillis))
          if (elapsedMillis >= 0) expect(_tag).toBe(elapsedMillis < reuseLeewayMillis ? "Reissued" : "ReuseDetected")
          // Clocks that agree to a second may differ by that much. A token from further in the future does
          // not count as recent.
          else if (elapsedMillis <= -1_000 || reuseLeewayMillis === 0) expect(_tag).toBe("ReuseDetected")
        },
      ),
    )
  })

  it("takes a replaced token for theft within the leeway once its successor was used", () => {
    const { replaced, session, successor } = rotateOnce()
    const used = { ...successor, replacement: { at: at(12), ...makeNext() } }
    expect(refresh({ session, presented: replaced, successor: used }, makeNext(), lenient, at(13))._tag).toBe(
      "ReuseDetected",
    )
  })

  it("takes a replaced token for theft where its successor is gone or has expired", () => {
    const { replaced, session, successor } = rotateOnce()
    expect(refresh({ session, presented: replaced, successor: null }, makeNext(), lenient, at(11))._tag).toBe(
      "ReuseDetected",
    )
    const expired = { ...successor, expiresAt: at(11) }
    expect(refresh({ session, presented: replaced, successor: expired }, makeNext(), lenient, at(11))._tag).toBe(
      "ReuseDetected",
    )
  })

  it("never ends later than the last token lives", () => {
    const { session, successor } = rotateOnce()
    expect(session.expiresAt).toBe(successor.expiresAt)
    expect(session.expiresAt).toBe(plusMillis(at(10), strict.lifetimeMillis))
  })
})

describe("revoke", () => {
  it("ends a session once", () => {
    const { session } = begin()
    const revoked = revoke(session, at(5))
    expect(revoked).toStrictEqual({ ...session, revokedAt: at(5) })
    expect(revoke(revoked, at(9))).toBe(revoked)
  })
})
