import { Schema } from "effect"

const maximumVersion = 2_147_483_647

/** How often an entity has been changed, from 1. Whoever changes it names the version that was read. */
export const Version = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: maximumVersion }, { message: "must be a whole number from 1" }),
).pipe(Schema.brand("Version"))
export type Version = typeof Version.Type

export const firstVersion: Version = Version.make(1)

export const nextVersion = (version: Version): Version => (version + 1) as Version

/** The versions to which a caller lets its change be applied: the one that was read, one of several, or any. */
export const AcceptedVersions = Schema.Union([Schema.Literal("any"), Version, Schema.Array(Version)])
export type AcceptedVersions = typeof AcceptedVersions.Type

/** Whether the version is one of those. */
export const accepts = (accepted: AcceptedVersions, version: Version): boolean =>
  accepted === "any" || (typeof accepted === "number" ? accepted === version : accepted.includes(version))

/** The versions of these numbers; a number that no version can have is left out. */
export const versionsOf = (numbers: ReadonlyArray<number>): ReadonlyArray<Version> =>
  numbers.filter((number): number is Version => number >= 1 && number <= maximumVersion)
