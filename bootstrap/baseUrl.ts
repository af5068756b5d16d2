/** The URL of this process itself. */

/** Returns the URL of an address that a server listens on. */
export const baseUrl = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}`
