/** Versions for optimistic locking: which ones a writer accepts. */
import { Schema } from "effect"

const maximumVersion = 2_147_483_647

/** The number of an entity's changes, from 1. A writer names the version that it read. */
export const Version = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: maximumVersion }, { message: "must be a whole number from 1" }),
).pipe(Schema.brand("Version"))
export type Version = typeof Version.Type

export const firstVersion: Version = Version.make(1)

export const nextVersion = (version: Version): Version => (version + 1) as Version

/** The versions that a writer accepts: the one that it read, one of several, or any. */
export const AcceptedVersions = Schema.Union([Schema.Literal("any"), Version, Schema.Array(Version)])
export type AcceptedVersions = typeof AcceptedVersions.Type

/** Whether the writer accepts the version. */
export const accepts = (accepted: AcceptedVersions, version: Version): boolean =>
  accepted === "any" || (typeof accepted === "number" ? accepted === version : accepted.includes(version))

/**
 * Converts whole numbers to versions. Those below the first version are left out. One above the highest version stands
 * for that one, which is above every current version too.
 */
export const versionsOf = (numbers: ReadonlyArray<number>): ReadonlyArray<Version> =>
  numbers.filter((number) => number >= firstVersion).map((number) => Math.min(number, maximumVersion) as Version)
