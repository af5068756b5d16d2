/** The settings of accounts: emails and tokens. */
import { KeyObject } from "node:crypto"
import { Option, Result, Schema } from "effect"
import * as SigningKeys from "../../adapters/crypto/SigningKeys.ts"
import type { Mailbox } from "../../adapters/mail/EmailHeaders.ts"
import * as SmtpUrl from "../../adapters/mail/smtp/SmtpUrl.ts"
import { PUBLIC_URL } from "./networkSettings.ts"
import { absent, setting } from "./Setting.ts"
import { decodedBy, durationMillis, matching, oneOf } from "./SettingSchemas.ts"

const parseMailbox = (text: string): Option.Option<Mailbox> => {
  const [, quoted, plain, bracketed, bare] =
    /^(?:(?:"([^"<>\p{Cc}]{0,100})"|([^"<>@\p{Cc}]{0,100}?))\s*<([^<>]+)>|([^<>]+))$/u.exec(text) ?? []
  const address = bracketed ?? bare ?? ""
  return address.length <= 254 &&
    /^[^@]+@[A-Za-z0-9.-]+$/.test(address) &&
    /^[\x21-\x7e]+$/.test(address) &&
    !/[",;:\\()[\]]/.test(address)
    ? Option.some({ name: (quoted ?? plain ?? "").trim(), address })
    : Option.none()
}

const SmtpServer = Schema.Struct({
  host: Schema.String,
  port: Schema.Int,
  tls: Schema.NullOr(Schema.Literals(["implicit", "starttls"])),
  credentials: Schema.NullOr(
    Schema.Struct({ user: Schema.String, password: Schema.toType(Schema.Redacted(Schema.String)) }),
  ),
})

const Key = Schema.declare((value): value is KeyObject => value instanceof KeyObject)

const KeyPairs = Schema.NonEmptyArray(Schema.Struct({ kid: Schema.String, privateKey: Key, publicKey: Key }))

const keysExpected = "Ed25519 private keys as PKCS#8 PEM, one after another"

const identifier = matching("1 to 255 characters without spaces", /^[\x21-\x7e]{1,255}$/)

export const mailSettings = {
  SMTP_URL: setting("SMTP_URL", {
    group: "Mail",
    description: "The server that emails are sent through.",
    schema: decodedBy(
      SmtpServer,
      "a URL like smtps://user:password@host:465, smtp+starttls://user:password@host:587 or smtp://localhost:25",
      (text) => Result.fromOption(SmtpUrl.parse(text), () => null),
    ),
    default: absent("none: emails are written to DATA_DIR/mail"),
    isSecret: true,
    describe: ({ host, port }) => `${host}:${port}`,
  }),
  MAIL_FROM: setting("MAIL_FROM", {
    group: "Mail",
    description: "The sender of emails.",
    schema: decodedBy(
      Schema.Struct({ name: Schema.String, address: Schema.String }),
      "an email address, or a name and an address like Taskwright <no-reply@example.com>",
      (text) => Result.fromOption(parseMailbox(text), () => null),
    ),
    default: "Taskwright <no-reply@localhost>",
  }),
  EMAIL_VERIFICATION: setting("EMAIL_VERIFICATION", {
    group: "Mail",
    description: "With required, a user has access to tasks and categories only after verifying the email address.",
    schema: oneOf("optional", "required"),
    default: "optional",
  }),
}

export const tokenSettings = {
  JWT_PRIVATE_KEYS: setting("JWT_PRIVATE_KEYS", {
    group: "Tokens",
    description: "The keys of access tokens: the first signs, and all verify.",
    schema: decodedBy(KeyPairs, keysExpected, (text) =>
      Result.mapError(SigningKeys.parse(text), ({ reason }) => `takes ${keysExpected}; ${reason}`),
    ),
    default: absent("one key, generated once and stored in DATA_DIR"),
    isSecret: true,
    describe: (keys) => `key ids ${keys.map(({ kid }) => kid).join(", ")}`,
  }),
  JWT_ISSUER: setting("JWT_ISSUER", {
    group: "Tokens",
    description: "The issuer that access tokens name.",
    schema: identifier,
    default: { described: "PUBLIC_URL", value: PUBLIC_URL },
  }),
  JWT_AUDIENCE: setting("JWT_AUDIENCE", {
    group: "Tokens",
    description: "The audience that access tokens name.",
    schema: identifier,
    default: "taskwright",
  }),
  ACCESS_TOKEN_TTL: setting("ACCESS_TOKEN_TTL", {
    group: "Tokens",
    description: "The lifetime of an access token.",
    schema: durationMillis("1 second", "1 day"),
    default: "1 hour",
  }),
  REFRESH_TOKEN_TTL: setting("REFRESH_TOKEN_TTL", {
    group: "Tokens",
    description: "The lifetime of a refresh token.",
    schema: durationMillis("1 second", "365 days"),
    default: "7 days",
  }),
  REFRESH_REUSE_LEEWAY: setting("REFRESH_REUSE_LEEWAY", {
    group: "Tokens",
    description: "The time in which a replaced refresh token is still accepted, because its response can be lost.",
    schema: durationMillis("0 seconds", "5 minutes"),
    default: "0 seconds",
  }),
}
