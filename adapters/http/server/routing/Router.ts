/** Finds the routes of a request by its URL. */
import { FindMyWay } from "effect/http"
import type { Route } from "./Route.ts"

/** URLs match exactly: no second spelling of one reaches a handler. */
const routerConfig = { caseSensitive: true, ignoreDuplicateSlashes: false, ignoreTrailingSlash: false } as const

/** The routes of one path template by their methods, and the methods in the form of the `Allow` header. */
export interface RouteMatch {
  readonly path: string
  readonly routes: ReadonlyMap<string, Route>
  readonly allow: string
}

/** Returns a function that finds the routes of a URL, whatever the method; it returns undefined if there is none. */
export const makeRouter = (
  routes: Iterable<Route>,
): ((url: string) => FindMyWay.FindResult<RouteMatch> | undefined) => {
  const byPath = new Map<FindMyWay.PathInput, Map<string, Route>>()
  for (const route of routes) {
    const ofPath = byPath.get(route.path) ?? new Map<string, Route>()
    ofPath.set(route.method, route)
    // HEAD is a GET without its body; Node omits the body.
    if (route.method === "GET") ofPath.set("HEAD", route)
    byPath.set(route.path, ofPath)
  }
  const router = FindMyWay.make<RouteMatch>(routerConfig)
  for (const [path, ofPath] of byPath) {
    router.on("GET", path, { path, routes: ofPath, allow: [...ofPath.keys(), "OPTIONS"].sort().join(", ") })
  }
  return (url) => router.find("GET", url)
}
