/** The settings of the network: the address of the service, and the addresses that it trusts. */
import { availableParallelism } from "node:os"
import { Config, Option, Result, Schema } from "effect"
import { baseUrl } from "../baseUrl.ts"
import { absent, setting } from "./Setting.ts"
import { decodedBy, matching, wholeNumber } from "./SettingSchemas.ts"

const group = "Network"

const parseUrl = (text: string): URL | null => {
  const url = /^[\x21-\x7e]{1,2048}$/.test(text) ? URL.parse(text) : null
  return url?.protocol === "http:" || url?.protocol === "https:" ? url : null
}

const webAddress = (text: string): Option.Option<string> => {
  const url = parseUrl(text)
  if (url === null || /[?#]/.test(text) || url.username !== "" || url.password !== "") return Option.none()
  const path = url.pathname.replace(/\/+$/, "")
  // Responses refer to `path` followed by more: with two slashes that would be another host.
  return path.includes("//") ? Option.none() : Option.some(`${url.origin}${path}`)
}

const maximumOrigins = 100

const exactOrigins = (text: string): Option.Option<ReadonlyArray<string>> => {
  const listed = text.split(",").map((origin) => origin.trim())
  const areExact = listed.every((origin) => parseUrl(origin)?.origin === origin && !origin.includes("*"))
  return areExact && listed.length <= maximumOrigins ? Option.some([...new Set(listed)]) : Option.none()
}

const HOST = setting("HOST", {
  group,
  description: "The address to listen on; 0.0.0.0 listens on every network.",
  schema: matching("a host name or an IP address", /^[A-Za-z0-9._:-]{1,255}$/),
  default: "127.0.0.1",
})

const PORT = setting("PORT", {
  group,
  description: "The port to listen on; 0 takes any free port.",
  schema: wholeNumber(0, 65_535),
  default: "3000",
})

const maximumWorkers = 64

const workersOf = (text: string): Result.Result<number, null> => {
  if (text === "auto") return Result.succeed(Math.min(availableParallelism(), maximumWorkers))
  const workers = /^\d{1,2}$/.test(text) ? Number(text) : 0
  return workers >= 1 && workers <= maximumWorkers ? Result.succeed(workers) : Result.fail(null)
}

/** Also divides the default of `DATABASE_POOL_SIZE`. */
export const WORKERS = setting("WORKERS", {
  group,
  description: "The number of processes that serve the port. More than 1 needs DATABASE_URL and REDIS_URL.",
  schema: decodedBy(
    Schema.Int,
    `a whole number from 1 to ${maximumWorkers}, or auto: one for each processor`,
    workersOf,
  ),
  default: "1",
})

/** Also the default of `JWT_ISSUER`. */
export const PUBLIC_URL = setting("PUBLIC_URL", {
  group,
  description: "The URL by which clients reach the service. Links in emails lead there.",
  schema: decodedBy(
    Schema.String,
    "an absolute http or https URL without credentials, query and fragment, like https://tasks.example.com",
    (text) => Result.fromOption(webAddress(text), () => null),
  ),
  default: {
    described: "http://HOST:PORT",
    value: Config.map(Config.all({ host: HOST, port: PORT }), baseUrl),
  },
})

export const networkSettings = {
  HOST,
  PORT,
  WORKERS,
  PUBLIC_URL,
  TRUST_PROXY: setting("TRUST_PROXY", {
    group,
    description: "The number of trusted proxies in front of the service.",
    schema: wholeNumber(0, 10),
    default: "0",
  }),
  CORS_ORIGINS: setting("CORS_ORIGINS", {
    group,
    description: "The origins that browsers may send requests from.",
    schema: decodedBy(
      Schema.Array(Schema.String),
      "exact http or https origins with commas between them, like https://app.example.com,http://localhost:5173",
      (text) => Result.fromOption(exactOrigins(text), () => null),
    ),
    default: absent("none"),
  }),
  NODE_ENV: setting("NODE_ENV", {
    group,
    description:
      "With production, the start fails without JWT_PRIVATE_KEYS, or if a password could cross a network in plain text.",
    schema: Schema.String.annotate({ expected: "production, or any other word" }),
    default: absent("none"),
  }),
}
