/** Exports the HTTP server: `HttpServer.layer` serves a complete set of ports. Needs bowser. */
export * as HttpServer from "./HttpServer.ts"
export { HttpSettings } from "./settings/HttpSettings.ts"
export { Readiness } from "./settings/Readiness.ts"
