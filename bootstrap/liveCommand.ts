/** Composes the adapters of one local command, as the settings say. */
import { Layer } from "effect"
import type { LockOptions } from "../adapters/postgres/embedded/DataFolderLock.ts"
import { syncRevokedSessions } from "../application/accounts/sessions/SyncRevokedSessions.ts"
import { runEmailRequests } from "../application/mail/HandleEmailRequests.ts"
import { endOfCommand } from "./endOfCommand.ts"
import { ports } from "./ports.ts"
import type { Settings } from "./settings/Settings.ts"

/**
 * What one command needs. It has no email worker and no clean-up loop. At its end, it delivers emails and removes
 * expired rows within the limits of a command.
 */
export const liveCommand = (settings: Settings, onWait: NonNullable<LockOptions["onWait"]>) =>
  Layer.mergeAll(syncRevokedSessions, runEmailRequests, endOfCommand(settings)).pipe(
    Layer.provideMerge(ports(settings, { purpose: "command", onWait })),
  )
