/** Logs the line of the start: where the API, the docs and the data are. */
import { resolve } from "node:path"
import { Effect } from "effect"
import { baseUrl } from "./baseUrl.ts"
import { Database, type Settings } from "./settings/Settings.ts"
import { version } from "./version.ts"

export const announce = (settings: Settings, port: number, details: Readonly<Record<string, unknown>> = {}) => {
  const url = baseUrl({ host: settings.host, port })
  return Effect.logInfo(`Taskwright ${version} serves ${url}/api/v1`).pipe(
    Effect.annotateLogs({ docs: `${url}/docs`, data: whereIs(settings), ...details }),
  )
}

const whereIs = (settings: Settings): string =>
  Database.$match(settings.database, {
    Server: () => "the PostgreSQL server of DATABASE_URL",
    Embedded: ({ dataDir }) => resolve(dataDir),
    Memory: () => "memory alone: it goes with the process",
  })
