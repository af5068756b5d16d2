/** Makes entity tags, and parses the preconditions that name them (RFC 9110 §8.8.3 and §13.1). */
import { hash } from "node:crypto"
import { Data, Result } from "effect"
import { type AcceptedVersions, versionsOf } from "../../../../domain/shared/Version.ts"

/** An `If-Match` that names no version. */
export class InvalidEtag extends Data.TaggedError("InvalidEtag") {}

/**
 * Returns a strong tag for a representation without a version, computed from its bytes. Hashing the longest list takes
 * a few per cent of the time of encoding it as JSON, so every response can have a tag.
 */
export const tagOf = (representation: string | Uint8Array): string => `"${digestOf(representation)}"`

/** Returns 16 characters (96 bits) of the SHA-256 of the text, for tags: letters, digits, `-` and `_`. */
export const digestOf = (representation: string | Uint8Array): string =>
  hash("sha256", representation, "base64url").slice(0, 16)

/**
 * Whether `If-None-Match` names the tag of the representation, so that the response is 304. Tags are compared weakly
 * and whole. An invalid tag matches none: the caller then gets the representation.
 */
export const matchesNoneOf = (ifNoneMatch: string | undefined, etag: string): boolean => {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch === etag || ifNoneMatch === "*") return true
  const opaque = opaqueOf(etag)
  for (const tag of ifNoneMatch.match(tags) ?? []) if (opaqueOf(tag) === opaque) return true
  return false
}

const tags = /(?:W\/)?"[^"]*"/g

const opaqueOf = (etag: string): string => (etag.startsWith("W/") ? etag.slice(2) : etag)

/**
 * Returns the versions that `If-Match` accepts. Only the digits at the beginning of a tag count. Proxies mark tags as
 * weak and append the name of a content coding (`W/"7"`, `"7-gzip"`). A tag without quotes is accepted, too.
 */
export const parseIfMatch = (ifMatch: string): Result.Result<AcceptedVersions, InvalidEtag> => {
  if (ifMatch.trim() === "*") return Result.succeed("any")
  const numbers: Array<number> = []
  let end = 0
  while (end < ifMatch.length) {
    listed.lastIndex = end
    const found = listed.exec(ifMatch)
    if (found === null) return Result.fail(new InvalidEtag())
    const [all, quoted, bare] = found
    const digits = leadingDigits.exec(quoted ?? bare ?? "")?.[0]
    if (digits !== undefined) numbers.push(Number(digits))
    // A list may have empty elements (RFC 9110 §5.6.1), but a tag without a number is not one of ours.
    else if (quoted !== undefined) return Result.fail(new InvalidEtag())
    end += all.length
  }
  return numbers.length === 0 ? Result.fail(new InvalidEtag()) : Result.succeed(versionsOf(numbers))
}

// Each element ends at its comma, and no part of one can match in two ways: the time is linear in the length.
const listed = /[ \t]*(?:(?:(?:W\/)?"([^"]*)"|(\d+))[ \t]*)?(?:,|$)/y
const leadingDigits = /^\d+/
