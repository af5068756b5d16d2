import { Schema } from "effect"

/** How often an entity has been changed, from 1. Whoever changes it names the version that was read. */
export const Version = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: 2_147_483_647 }, { message: "must be a whole number from 1" }),
).pipe(Schema.brand("Version"))
export type Version = typeof Version.Type

export const firstVersion: Version = Version.make(1)

export const nextVersion = (version: Version): Version => (version + 1) as Version
