/** Chooses the caching headers that a response has by default. */

const noStore = { "cache-control": "no-store" }
const ownOnly = { "cache-control": "private, no-cache", vary: "Authorization" }

/** Whether responses can contain a token or its secret. */
const holdsSecrets = (url: string): boolean => url.startsWith("/api/v1/auth/") || url.startsWith("/api/v1/tokens")

/**
 * Returns the caching headers. `path` is the template of the path; for unmatched paths, decides by the URL. Caches may
 * store a 404 unless it forbids that. `varies` says whether the response depends on the origin of the page.
 */
export const cacheHeaders = (path = "", url = "", varies: boolean): Readonly<Record<string, string>> => {
  if (holdsSecrets(path) || holdsSecrets(url)) return varies ? { ...noStore, vary: "Origin" } : noStore
  if (!path.startsWith("/api/")) return varies ? { vary: "Origin" } : {}
  return varies ? { ...ownOnly, vary: "Authorization, Origin" } : ownOnly
}
