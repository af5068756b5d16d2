/** Parses the URL of a Redis: a single server, a master behind Sentinels, or a cluster. */
import { Data, Option } from "effect"

/** The address of a Redis server. */
export interface RedisNode {
  readonly host: string
  readonly port: number
}

/** The credentials and the encryption, common to every kind of target. */
export interface RedisAccess {
  readonly username: string | null
  readonly password: string | null
  readonly hasTls: boolean
}

/** The Redis to connect to: one server, a master found through Sentinels, or a cluster. */
export type RedisTarget = Data.TaggedEnum<{
  Single: RedisAccess & { readonly node: RedisNode; readonly database: number }
  Sentinel: RedisAccess & {
    readonly sentinels: ReadonlyArray<RedisNode>
    readonly masterName: string
    readonly database: number
  }
  Cluster: RedisAccess & { readonly nodes: ReadonlyArray<RedisNode> }
}>
export const RedisTarget = Data.taggedEnum<RedisTarget>()

const defaultPort = 6379
const defaultSentinelPort = 26_379
const maximumNodes = 32

const form =
  /^(?<scheme>rediss?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^@/?#]+)(?:\/(?<path>[^?#]*))?$/

/**
 * Parses one of
 *
 * - `redis://user:password@host:6379/0`
 * - `redis+sentinel://user:password@host1:26379,host2:26379/mymaster/0`
 * - `redis+cluster://user:password@host1:6379,host2:6379`
 *
 * or the same with `rediss`, over TLS. Only the hosts and a Sentinel's master are required. Characters of a password
 * that are special in URLs must be percent-encoded.
 */
export const parse = (text: string): Option.Option<RedisTarget> => {
  const { hosts = "", kind, password, path = "", scheme, username } = form.exec(text)?.groups ?? {}
  if (scheme === undefined) return Option.none()
  const nodes = nodesOf(hosts, kind === "sentinel" ? defaultSentinelPort : defaultPort)
  const access = accessOf(username, password, scheme === "rediss")
  const [first, ...others] = nodes ?? []
  if (nodes === null || access === null || first === undefined) return Option.none()
  switch (kind) {
    case "cluster":
      return path === "" ? Option.some(RedisTarget.Cluster({ ...access, nodes })) : Option.none()
    case "sentinel": {
      const [masterName = "", databaseText = "", ...more] = path.split("/")
      const database = databaseOf(databaseText)
      if (!/^[\w.-]{1,255}$/.test(masterName) || database === null || more.length > 0) return Option.none()
      return Option.some(RedisTarget.Sentinel({ ...access, sentinels: nodes, masterName, database }))
    }
    default: {
      const database = databaseOf(path)
      if (others.length > 0 || database === null) return Option.none()
      return Option.some(RedisTarget.Single({ ...access, node: first, database }))
    }
  }
}

/** Describes the target for the log, without the credentials. */
export const describe = (target: RedisTarget): string =>
  RedisTarget.$match(target, {
    Single: ({ node }) => addressOf(node),
    Sentinel: ({ masterName, sentinels }) => `${masterName} of the Sentinels ${sentinels.map(addressOf).join(", ")}`,
    Cluster: ({ nodes }) => `the cluster of ${nodes.map(addressOf).join(", ")}`,
  })

const addressOf = ({ host, port }: RedisNode): string => `${host.includes(":") ? `[${host}]` : host}:${port}`

const nodesOf = (hosts: string, portByDefault: number): ReadonlyArray<RedisNode> | null => {
  const nodes = hosts.split(",").map((text) => nodeOf(text, portByDefault))
  return nodes.length <= maximumNodes && nodes.every((node) => node !== null) ? nodes : null
}

const nodeOf = (text: string, portByDefault: number): RedisNode | null => {
  const [, bracketed, name, digits] = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([\w.-]{1,255}))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = bracketed ?? name
  const port = digits === undefined ? portByDefault : Number(digits)
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : null
}

const accessOf = (username = "", password = "", hasTls = false): RedisAccess | null => {
  try {
    return {
      username: decodeURIComponent(username) || null,
      password: decodeURIComponent(password) || null,
      hasTls,
    }
  } catch {
    // A `%` that encodes nothing: the operator meant another password than the raw text.
    return null
  }
}

const databaseOf = (text: string): number | null => (text === "" ? 0 : /^\d{1,3}$/.test(text) ? Number(text) : null)
