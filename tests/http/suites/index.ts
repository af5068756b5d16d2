/** Collects all HTTP suites. */
import type { SuitePorts } from "../Client.ts"
import * as accounts from "./accounts.ts"
import * as apiTokens from "./apiTokens.ts"
import * as batch from "./batch.ts"
import * as batchRaces from "./batchRaces.ts"
import * as batchUndo from "./batchUndo.ts"
import * as categories from "./categories.ts"
import * as changes from "./changes.ts"
import * as changingCategories from "./changingCategories.ts"
import * as conflicts from "./conflicts.ts"
import * as creating from "./creating.ts"
import * as crossOrigin from "./crossOrigin.ts"
import * as cursors from "./cursors.ts"
import * as description from "./description.ts"
import * as disabledAccounts from "./disabledAccounts.ts"
import * as discovery from "./discovery.ts"
import * as documentation from "./documentation.ts"
import * as faults from "./faults.ts"
import * as feed from "./feed.ts"
import * as filtering from "./filtering.ts"
import * as histories from "./histories.ts"
import * as idempotency from "./idempotency.ts"
import * as idempotencyTimes from "./idempotencyTimes.ts"
import * as addresses from "./input/addresses.ts"
import * as bodies from "./input/bodies.ts"
import * as encodings from "./input/encodings.ts"
import * as text from "./input/text.ts"
import * as limits from "./limits.ts"
import * as limitsOfCategories from "./limitsOfCategories.ts"
import * as linkedPages from "./linkedPages.ts"
import * as listing from "./listing.ts"
import * as lockout from "./lockout.ts"
import * as logs from "./logs.ts"
import * as longText from "./longText.ts"
import * as mcp from "./mcp.ts"
import * as mcpMessages from "./mcpMessages.ts"
import * as mcpTokens from "./mcpTokens.ts"
import * as mutations from "./mutations.ts"
import * as olderText from "./olderText.ts"
import * as ownAccount from "./ownAccount.ts"
import * as ownership from "./ownership.ts"
import * as passwords from "./passwords.ts"
import * as preconditions from "./preconditions.ts"
import * as messages from "./protocol/messages.ts"
import * as routes from "./protocol/routes.ts"
import * as resetPage from "./resetPage.ts"
import * as scopes from "./scopes.ts"
import * as sessions from "./sessions.ts"
import * as stream from "./stream.ts"
import * as tasks from "./tasks.ts"
import * as tokens from "./tokens.ts"
import * as trash from "./trash.ts"
import * as undo from "./undo.ts"
import * as verification from "./verification.ts"
import * as verifyPage from "./verifyPage.ts"

/** The answers depend on what is stored. */
const stateful = [
  accounts,
  tokens,
  verification,
  passwords,
  sessions,
  apiTokens,
  scopes,
  ownAccount,
  disabledAccounts,
  lockout,
  limits,
  tasks,
  creating,
  limitsOfCategories,
  changes,
  feed,
  stream,
  histories,
  trash,
  undo,
  preconditions,
  mutations,
  idempotency,
  idempotencyTimes,
  conflicts,
  batch,
  batchRaces,
  batchUndo,
  mcp,
  mcpMessages,
  mcpTokens,
  listing,
  filtering,
  cursors,
  categories,
  changingCategories,
  ownership,
  text,
  olderText,
  verifyPage,
  resetPage,
]

/** The answers are the same on every store: most requests never reach one. */
const stateless = [
  bodies,
  addresses,
  encodings,
  longText,
  messages,
  routes,
  crossOrigin,
  documentation,
  discovery,
  description,
  linkedPages,
  faults,
  logs,
]

/** Runs all suites over real HTTP on one set of adapters. */
export const suites = (name: string, ports: SuitePorts): void => {
  for (const { suite } of [...stateful, ...stateless]) suite(name, ports)
}

/** Runs the suites that a store of another technology can break. */
export const statefulSuites = (name: string, ports: SuitePorts): void => {
  for (const { suite } of stateful) suite(name, ports)
}
