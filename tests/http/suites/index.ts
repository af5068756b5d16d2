/** Collects all HTTP suites. */
import type { SuitePorts } from "../Client.ts"
import * as accounts from "./accounts.ts"
import * as apiTokens from "./apiTokens.ts"
import * as batch from "./batch.ts"
import * as batchRaces from "./batchRaces.ts"
import * as batchRequests from "./batchRequests.ts"
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
import * as feedWaits from "./feedWaits.ts"
import * as filtering from "./filtering.ts"
import * as histories from "./histories.ts"
import * as idempotency from "./idempotency.ts"
import * as idempotencyTimes from "./idempotencyTimes.ts"
import * as addresses from "./input/addresses.ts"
import * as bodies from "./input/bodies.ts"
import * as encodings from "./input/encodings.ts"
import * as text from "./input/text.ts"
import * as keptPages from "./keptPages.ts"
import * as limits from "./limits.ts"
import * as limitsOfCategories from "./limitsOfCategories.ts"
import * as linkedPages from "./linkedPages.ts"
import * as listing from "./listing.ts"
import * as lockout from "./lockout.ts"
import * as logs from "./logs.ts"
import * as longText from "./longText.ts"
import * as mcp from "./mcp.ts"
import * as mcpAnswers from "./mcpAnswers.ts"
import * as mcpMessages from "./mcpMessages.ts"
import * as mcpTokens from "./mcpTokens.ts"
import * as mcpWrites from "./mcpWrites.ts"
import * as merges from "./merges.ts"
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

/** The answers depend on rows: a store can break them by its types, its order, its locks or its units of work. */
const ofRows = [
  accounts,
  tokens,
  verification,
  passwords,
  sessions,
  apiTokens,
  scopes,
  ownAccount,
  disabledAccounts,
  tasks,
  creating,
  limitsOfCategories,
  changes,
  feed,
  feedWaits,
  stream,
  histories,
  trash,
  undo,
  preconditions,
  mutations,
  idempotency,
  idempotencyTimes,
  conflicts,
  merges,
  batch,
  batchRequests,
  batchRaces,
  batchUndo,
  mcp,
  mcpMessages,
  mcpTokens,
  mcpWrites,
  listing,
  filtering,
  cursors,
  keptPages,
  categories,
  changingCategories,
  ownership,
  text,
  olderText,
  verifyPage,
  resetPage,
  // The cause of a failed statement could bring a secret into a line.
  logs,
]

/** The answers depend on counts, which no row has: they are kept in memory or in Redis. */
const ofCounts = [limits, lockout]

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
  // The limit of an answer is above the store. Tests of each store have long lists.
  mcpAnswers,
]

/**
 * PgBouncer gives each transaction another connection. That can break transactions and their locks, what a session
 * keeps (prepared statements, settings) and notifications. The rows are those of PostgreSQL.
 */
const ofConnections = [
  tokens,
  creating,
  limitsOfCategories,
  changes,
  feed,
  feedWaits,
  stream,
  undo,
  preconditions,
  mutations,
  idempotency,
  idempotencyTimes,
  conflicts,
  merges,
  batch,
  batchRequests,
  batchRaces,
  batchUndo,
  changingCategories,
]

/**
 * Redis keeps counts, the revoked sessions and API tokens, copies of accounts, and tells of changes. All rows are in
 * memory.
 */
const ofSharedState = [
  ...ofCounts,
  accounts,
  ownAccount,
  disabledAccounts,
  verification,
  passwords,
  tokens,
  sessions,
  apiTokens,
  feed,
  feedWaits,
  stream,
]

type Suites = ReadonlyArray<{ readonly suite: (name: string, ports: SuitePorts) => void }>

const run =
  (suites: Suites) =>
  (name: string, ports: SuitePorts): void => {
    for (const { suite } of suites) suite(name, ports)
  }

/** Each runs suites over real HTTP on one set of adapters. */
export const allSuites = run([...ofRows, ...ofCounts, ...stateless])
export const suitesOfConnections = run(ofConnections)
export const suitesOfSharedState = run(ofSharedState)
