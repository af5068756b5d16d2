/** Checks that other users of this machine cannot read a folder or a file with secrets. */
import { accessSync, constants, statSync } from "node:fs"
import { Effect } from "effect"
import { type Finding, failed, ok, warning } from "../diagnosis/Finding.ts"
import { codeOf, reasonOf } from "./FileErrors.ts"

export interface PrivacyCheckOptions {
  readonly check: string
  readonly path: string
  /** Whether this process writes there. */
  readonly isWritten: boolean
  /** Whether the path may be missing, because the start creates it. */
  readonly isOptional: boolean
}

const groupWrites = 0o020
const othersAccess = 0o007

/** Reads the mode of the path, and changes nothing. */
export const checkPrivacy = ({ check, isOptional, isWritten, path }: PrivacyCheckOptions): Effect.Effect<Finding> =>
  Effect.sync(() => {
    try {
      const mode = statSync(path).mode & 0o777
      accessSync(path, constants.R_OK | (isWritten ? constants.W_OK : 0))
      const shown = `${path} has the mode ${mode.toString(8).padStart(4, "0")}`
      // Windows has no such modes.
      if (process.platform === "win32") return ok(check, `${path} can be used`)
      if ((mode & othersAccess) !== 0) return failed(check, `${shown}: every user has access. Run: chmod o-rwx ${path}`)
      if ((mode & groupWrites) !== 0) return warning(check, `${shown}: its group can write. Run: chmod g-w ${path}`)
      return ok(check, shown)
    } catch (error) {
      if (isOptional && codeOf(error) === "ENOENT") return ok(check, `${path} does not exist yet; the start creates it`)
      return failed(check, `${path} cannot be used: ${reasonOf(error)}. Correct the path or its owner.`)
    }
  })
