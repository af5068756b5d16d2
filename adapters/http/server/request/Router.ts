import { FindMyWay } from "effect/http"

/** An address is taken to the letter: no second spelling of it reaches a handler. */
const routerConfig = { caseSensitive: true, ignoreDuplicateSlashes: false, ignoreTrailingSlash: false } as const

export interface Route<A> {
  readonly method: string
  readonly path: FindMyWay.PathInput
  readonly does: A
}

/** What there is at an address: its template, what each method does, and the methods as the `Allow` header has them. */
export interface Place<A> {
  readonly path: string
  readonly does: ReadonlyMap<string, A>
  readonly methods: string
}

/** Finds what there is at an address, whatever the method; nothing where no route is. */
export const makeRoutes = <A>(
  routes: Iterable<Route<A>>,
): ((url: string) => FindMyWay.FindResult<Place<A>> | undefined) => {
  const byPath = new Map<FindMyWay.PathInput, Map<string, A>>()
  for (const { does, method, path } of routes) {
    const ofPath = byPath.get(path) ?? new Map<string, A>()
    ofPath.set(method, does)
    // A GET without its body; Node leaves that out.
    if (method === "GET") ofPath.set("HEAD", does)
    byPath.set(path, ofPath)
  }
  const router = FindMyWay.make<Place<A>>(routerConfig)
  for (const [path, does] of byPath) {
    router.on("GET", path, { path, does, methods: [...does.keys(), "OPTIONS"].sort().join(", ") })
  }
  return (url) => router.find("GET", url)
}
