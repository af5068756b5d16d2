/**
 * Compares the installed packages with the signatures of the registry. Fails if one is wrong or missing. If the registry
 * does not answer that question, says that the check was not run, and does not fail.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const limitMillis = 120_000

interface SignedPackage {
  readonly name: string
  readonly version: string
}

/** The output of `npm audit signatures --json`: the packages at fault, or an error instead. */
interface Audit {
  readonly invalid?: ReadonlyArray<SignedPackage>
  readonly missing?: ReadonlyArray<SignedPackage>
  readonly error?: { readonly code?: string | null; readonly summary?: string }
}

export interface Verdict {
  readonly isAccepted: boolean
  readonly lines: ReadonlyArray<string>
}

/** Codes of an answer that did not come, and of one without signatures. Others can be a sign of a forgery. */
const unanswered =
  /^(?:E(?:NOTFOUND|AI_AGAIN|CONN[A-Z]+|[A-Z]*TIMEDOUT|[A-Z]*UNREACH|[45]\d\d)|FETCH_ERROR|ERR_SOCKET_TIMEOUT)$/

/** Returns what the output of npm says; null if npm was stopped after the limit. */
export const verdictOf = (output: string | null): Verdict => {
  if (output === null) return { isAccepted: true, lines: [`not run: no answer within ${limitMillis / 1000} seconds`] }
  const { error, invalid = [], missing = [] }: Audit = JSON.parse(output)
  if (error !== undefined) {
    const { code, summary = "no reason" } = error
    const isUnanswered = unanswered.test(code ?? "") || /from a supported registry/.test(summary)
    return { isAccepted: isUnanswered, lines: [`${isUnanswered ? "not run" : "failed"}: ${summary}`] }
  }
  const lines = [
    ...invalid.map(({ name, version }) => `wrong signature: ${name} ${version}`),
    ...missing.map(({ name, version }) => `no signature: ${name} ${version}`),
  ]
  return lines.length === 0
    ? { isAccepted: true, lines: ["every installed package has the signature of the registry"] }
    : { isAccepted: false, lines }
}

if (import.meta.main) {
  // A shell finds npm on every system. One retry: a registry that is unavailable delays this by seconds only.
  const { signal, stdout } = spawnSync(
    "npm audit signatures --json --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=10000",
    {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      shell: true,
      timeout: limitMillis,
    } as const,
  )
  const { isAccepted, lines } = verdictOf(signal === null ? stdout : null)
  for (const line of lines) console.log(line)
  if (!isAccepted) process.exitCode = 1
}
