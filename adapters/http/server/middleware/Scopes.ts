/** Checks whether the identity of a request may call the endpoint with this body. */
import { checkScopes } from "../../../../application/access/Access.ts"
import type { Identity } from "../../../../domain/accounts/Identity.ts"
import type { TokenAccess } from "../../api/v1/EndpointTags.ts"

/** Returns why the identity may not, or null if it may. `payload` is the decoded body, if the endpoint takes one. */
export const checkTokenAccess = (identity: Identity, access: TokenAccess, payload: unknown) => {
  // A session passes without a look at the body.
  if (identity._tag === "Session") return null
  if (access === "session") return checkScopes(identity, "session")
  // The endpoint's own schema has decoded the body.
  return checkScopes(identity, typeof access === "function" ? access(payload as never) : [access])
}
