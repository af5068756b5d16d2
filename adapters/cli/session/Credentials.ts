/** The credential store of the command. */
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { readPrivate, removePrivate, writePrivate } from "../../filesystem/PrivateFile.ts"
import type { Instance } from "../Instance.ts"
import { ConfigDirectory, instanceDirectory } from "./UserDirectories.ts"

/** The user signed in at an instance, and the tokens of the session. */
export const Credentials = Schema.Struct({
  place: Schema.String,
  user_id: UserId,
  email: Schema.String,
  access_token: Schema.String,
  refresh_token: Schema.String,
})
export interface Credentials extends Schema.Schema.Type<typeof Credentials> {}

/** The credentials of an instance: one user at a time, in a file that only this user of the machine can read. */
export const credentialsOf = (instance: Instance) =>
  Effect.map(ConfigDirectory, (config) => {
    const folder = instanceDirectory(config, instance)
    const path = join(folder, "credentials.json")
    return {
      path,
      lockPath: join(folder, "credentials.lock"),
      read: readPrivate(path, Credentials),
      write: (credentials: Credentials) => writePrivate(path, credentials),
      remove: removePrivate(path),
    }
  })
