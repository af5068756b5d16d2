/** Finds the route of a request by its URL. */
import { FindMyWay } from "effect/http"

/** URLs match exactly: no second spelling of one reaches a handler. */
const routerConfig = { caseSensitive: true, ignoreDuplicateSlashes: false, ignoreTrailingSlash: false } as const

export interface Route<A> {
  readonly method: string
  readonly path: FindMyWay.PathInput
  readonly does: A
}

/**
 * The routes of one path: its template, the handler of each method, and the methods in the form of the `Allow` header.
 */
export interface Place<A> {
  readonly path: string
  readonly does: ReadonlyMap<string, A>
  readonly methods: string
}

/** Returns a function that finds the routes of a URL, whatever the method; it returns undefined if there is none. */
export const makeRoutes = <A>(
  routes: Iterable<Route<A>>,
): ((url: string) => FindMyWay.FindResult<Place<A>> | undefined) => {
  const byPath = new Map<FindMyWay.PathInput, Map<string, A>>()
  for (const { does, method, path } of routes) {
    const ofPath = byPath.get(path) ?? new Map<string, A>()
    ofPath.set(method, does)
    // HEAD is a GET without its body; Node omits the body.
    if (method === "GET") ofPath.set("HEAD", does)
    byPath.set(path, ofPath)
  }
  const router = FindMyWay.make<Place<A>>(routerConfig)
  for (const [path, does] of byPath) {
    router.on("GET", path, { path, does, methods: [...does.keys(), "OPTIONS"].sort().join(", ") })
  }
  return (url) => router.find("GET", url)
}
