/** Holds the verification of access tokens to the refusal of forged and malformed ones. */
import { createHmac, createPublicKey } from "node:crypto"
import { describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { OpaqueTokens } from "../../../application/accounts/tokens/OpaqueTokens.ts"
import {
  base64url,
  claims,
  ed25519,
  expectAccepted,
  expectRefused,
  forge,
  header,
  identity,
  issue,
  issuer,
  kidOf,
  layerOf,
  oldKey,
  start,
  startSeconds,
  without,
} from "./accessTokens.ts"

describe("JoseAccessTokens with forged tokens", () => {
  it.effect("accepts the valid token that the forged ones are variants of", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      yield* expectAccepted(forge(header, claims))
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses every algorithm but EdDSA", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const publicKey = createPublicKey(oldKey)
      const none = `${base64url({ ...header, alg: "none" })}.${base64url(claims)}.`
      yield* expectRefused(none, "none")
      yield* expectRefused(`${base64url({ ...header, alg: "NONE" })}.${base64url(claims)}.`, "NONE")
      const secrets = [
        publicKey.export({ type: "spki", format: "pem" }).toString(),
        publicKey.export({ type: "spki", format: "der" }),
        Buffer.from(String(publicKey.export({ format: "jwk" }).x), "base64url"),
      ]
      for (const secret of secrets) {
        const signed = `${base64url({ ...header, alg: "HS256" })}.${base64url(claims)}`
        yield* expectRefused(`${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`, "HS256")
      }
      for (const alg of ["Ed25519", "eddsa", "RS256", "ES256", "", undefined, ["EdDSA"]])
        yield* expectRefused(forge({ ...header, alg }, claims), `alg ${alg}`)
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses a signature by another key, whatever the header says", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const stranger = ed25519()
      const jwk = createPublicKey(stranger).export({ format: "jwk" })
      yield* expectRefused(forge(header, claims, stranger), "signed by a stranger")
      yield* expectRefused(forge({ ...header, kid: kidOf(stranger) }, claims, stranger), "unknown kid")
      yield* expectRefused(forge({ alg: "EdDSA", typ: "at+jwt" }, claims), "no kid")
      for (const kid of ["", null, 1, {}, "__proto__", "constructor", "../../dev/null", "' OR 1=1"])
        yield* expectRefused(forge({ ...header, kid }, claims), `kid ${kid}`)
      const chosen = {
        jku: "https://evil.example/jwks.json",
        jwk,
        x5u: "https://evil.example/cert.pem",
        x5c: ["MIIB"],
        x5t: "AAAA",
        crit: ["exp"],
        b64: false,
        zip: "DEF",
        cty: "JWT",
      }
      for (const [member, value] of Object.entries(chosen)) {
        yield* expectRefused(forge({ ...header, [member]: value }, claims), `${member}, signed by us`)
        yield* expectRefused(forge({ ...header, [member]: value }, claims, stranger), `${member}, by a stranger`)
      }
      yield* expectRefused(forge({ ...header, crit: ["b64"], b64: false }, claims), "crit b64")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses another type of token, issuer or audience", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      for (const typ of ["JWT", "jwt", "dpop+jwt", "", undefined, 1])
        yield* expectRefused(forge({ ...header, typ }, claims), `typ ${typ}`)
      for (const iss of ["https://evil.example", `${issuer}/`, issuer.toUpperCase(), "", null, [issuer]])
        yield* expectRefused(forge(header, { ...claims, iss }), `iss ${iss}`)
      for (const aud of ["other", "Taskwright", "", null, ["other"], [], {}])
        yield* expectRefused(forge(header, { ...claims, aud }), `aud ${aud}`)
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses a token that lacks a claim", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      for (const name of Object.keys(claims)) yield* expectRefused(forge(header, without(name)), `no ${name}`)
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses claims of the wrong form", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const wrong: ReadonlyArray<readonly [name: string, values: ReadonlyArray<unknown>]> = [
        ["sub", ["1", "", null, 1, { id: identity.userId }, `${identity.userId} `, `{${identity.userId}}`]],
        ["sid", ["1", "", null, 1, [identity.sessionId], `${identity.sessionId}\n`]],
        ["jti", ["", null, 1]],
        ["exp", [String(claims.exp), null, true, {}]],
        ["iat", [String(claims.iat), null, true, {}]],
        ["nbf", [String(claims.iat), null, true, {}]],
      ]
      for (const [name, values] of wrong)
        for (const value of values)
          yield* expectRefused(forge(header, { ...claims, [name]: value }), `${name} ${JSON.stringify(value)}`)
      yield* expectRefused(forge(header, []), "claims that are a list")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses a token before and after its time, with a leeway of at most 60 seconds", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      yield* expectRefused(forge(header, { ...claims, exp: startSeconds }), "exp now")
      yield* expectRefused(forge(header, { ...claims, exp: startSeconds - 1 }), "exp before")
      yield* expectRefused(forge(header, { ...claims, nbf: startSeconds + 61 }), "nbf in the future")
      yield* expectRefused(forge(header, { ...claims, iat: startSeconds + 61 }), "iat in the future")
      const anHourAgo = startSeconds - 3600
      yield* expectRefused(forge(header, { ...claims, iat: anHourAgo - 61 }), "older than any token lives")
      yield* expectAccepted(forge(header, { ...claims, nbf: startSeconds, iat: startSeconds + 60 }), "clocks apart")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses a token with any changed character", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const token = yield* issue
      yield* expectAccepted(token)
      for (let index = 0; index < token.length; index++) {
        const changed = token[index] === "A" ? "B" : "A"
        yield* expectRefused(`${token.slice(0, index)}${changed}${token.slice(index + 1)}`, `character ${index}`)
      }
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
      for (const last of alphabet)
        if (!token.endsWith(last)) yield* expectRefused(`${token.slice(0, -1)}${last}`, `last character ${last}`)
      for (const text of [`${token}=`, `${token}==`, `${token} `, ` ${token}`, `${token}.`, token.slice(0, -1)])
        yield* expectRefused(text, JSON.stringify(text))
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses malformed tokens without an exception", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const { token: refreshToken } = yield* Effect.flatMap(OpaqueTokens, (tokens) => tokens.make(identity.userId))
      const texts = ["", ".", "..", "...", "a.b.c", "a.b", "ä.ö.ü", "\0.\0.\0", refreshToken, `${".".repeat(10_000)}`]
      for (const text of texts) yield* expectRefused(text, JSON.stringify(text).slice(0, 80))
      const [first = "", second = "", third = ""] = forge(header, claims).split(".")
      for (const part of ["", "bnVsbA", "W10", "e30", "eyJ9", "_w", "gA"])
        for (const text of [`${part}.${second}.${third}`, `${first}.${part}.${third}`, `${first}.${second}.${part}`])
          yield* expectRefused(text, text)
      yield* expectRefused(forge(header, { ...claims, extra: "x".repeat(5000) }), "longer than any of ours")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect.prop("refuses any text", [Schema.String, Schema.String, Schema.String], ([first, second, third]) =>
    expectRefused(`${base64url(first)}.${base64url(second)}.${third}`, "text").pipe(Effect.provide(layerOf())),
  )
})
