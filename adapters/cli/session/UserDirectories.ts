/** The directories in which the command stores its files. */
import { createHash } from "node:crypto"
import { join } from "node:path"
import { Context } from "effect"
import type { Instance } from "../Instance.ts"

/** The directories of this user, by the conventions of the platform (XDG, or %APPDATA% on Windows). */
export interface UserDirectories {
  /** Credentials and remembered lists. */
  readonly config: string
  /** The embedded database, unless `DATA_DIR` names another one. */
  readonly data: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** Returns the directories. `TASKWRIGHT_CONFIG_DIR` overrides the one of the configuration. */
export const userDirectoriesOf = (environment: Environment, platform: string, home: string): UserDirectories => {
  const named = (name: string) => environment[name] || undefined
  const own = named("TASKWRIGHT_CONFIG_DIR")
  if (platform === "win32") {
    const roaming = named("APPDATA") ?? join(home, "AppData", "Roaming")
    const local = named("LOCALAPPDATA") ?? join(home, "AppData", "Local")
    return { config: own ?? join(roaming, "taskwright"), data: join(local, "taskwright") }
  }
  return {
    config: own ?? join(named("XDG_CONFIG_HOME") ?? join(home, ".config"), "taskwright"),
    data: join(named("XDG_DATA_HOME") ?? join(home, ".local", "share"), "taskwright"),
  }
}

/** The directory of credentials and remembered lists. */
export class ConfigDirectory extends Context.Service<ConfigDirectory, string>()("taskwright/cli/ConfigDirectory") {}

/** Returns the directory of one instance, so that servers and the local database stay separate. */
export const instanceDirectory = (config: string, { key }: Instance): string => {
  const readable = key.replace(/^https?:\/\//, "").replaceAll(/[^A-Za-z0-9.-]+/g, "_")
  const distinct = createHash("sha256").update(key).digest("hex").slice(0, 12)
  return join(config, "places", `${readable.slice(0, 40)}-${distinct}`)
}
