/** Defines the JSON forms of a user, and how to make them from the domain's account. */
import { Schema } from "effect"
import type { Profile } from "../../../../domain/accounts/Profile.ts"
import { IdString, TimestampString, userIdExample } from "./SchemaAnnotations.ts"

const fields = {
  id: IdString("user", userIdExample),
  email: Schema.String.annotate({ format: "email", examples: ["ada@example.com"] }),
  full_name: Schema.String.annotate({ examples: ["Ada Lovelace"] }),
}

/** The user, as the response to a login contains it. */
export const UserSummary = Schema.Struct(fields).annotate({ identifier: "UserSummary" })

/** The user, as the response to a registration contains it. */
export const RegisteredUser = Schema.Struct({
  ...fields,
  is_active: Schema.Boolean.annotate({ description: "Whether the email address was verified." }),
  created_at: TimestampString,
}).annotate({ identifier: "RegisteredUser" })

/** A user, as responses to that user contain it. No other user receives it. */
export const UserResource = Schema.Struct({ ...RegisteredUser.fields, updated_at: TimestampString }).annotate({
  identifier: "User",
})
export interface UserResource extends Schema.Schema.Type<typeof UserResource> {}

export const toUserSummary = (account: Profile): typeof UserSummary.Type => ({
  id: account.id,
  email: account.email,
  full_name: account.fullName,
})

export const toRegisteredUser = (account: Profile): typeof RegisteredUser.Type => ({
  ...toUserSummary(account),
  is_active: account.isEmailVerified,
  created_at: account.createdAt,
})

export const toUserResource = (account: Profile): UserResource => ({
  ...toRegisteredUser(account),
  updated_at: account.updatedAt,
})
