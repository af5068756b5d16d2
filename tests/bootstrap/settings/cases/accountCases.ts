/** The cases of the settings of accounts: emails and tokens. */
import { type Case, duration } from "./Case.ts"
import { pem, privateKey, rsaKey } from "./keys.ts"

export const accountCases: ReadonlyArray<Case> = [
  {
    setting: "SMTP_URL",
    of: ({ smtpServer }) => smtpServer && `${smtpServer.host}:${smtpServer.port}`,
    byDefault: null,
    good: [
      ["smtp://localhost:1025", "localhost:1025"],
      ["smtps://u:hunter2@mail", "mail:465"],
      ["smtp+starttls://u:hunter2@mail", "mail:587"],
    ],
    malformed: ["localhost:25", "http://u:hunter2@mail", "hunter2", "smtp://u:hunter2@mail?tls.rejectUnauthorized=0"],
  },
  {
    setting: "MAIL_FROM",
    of: ({ mailFrom }) => mailFrom,
    byDefault: { name: "Taskwright", address: "no-reply@localhost" },
    good: [
      ["tasks@example.com", { name: "", address: "tasks@example.com" }],
      ["<tasks@example.com>", { name: "", address: "tasks@example.com" }],
      ["Täsks <tasks@example.com>", { name: "Täsks", address: "tasks@example.com" }],
      ['"Tasks, Inc." <tasks@example.com>', { name: "Tasks, Inc.", address: "tasks@example.com" }],
    ],
    malformed: [
      "Taskwright",
      "a@b@c",
      "a@b, c@d",
      "Tasks <a@b",
      "Tasks\r\nBcc: x <a@b>",
      "Tasks <a @b>",
      "a@b\nX: y",
      "<>",
    ],
  },
  {
    setting: "EMAIL_VERIFICATION",
    of: ({ emailVerification }) => emailVerification,
    byDefault: "optional",
    good: [
      ["required", "required"],
      ["Optional", "optional"],
    ],
    malformed: ["yes", "true", "toString"],
  },
  {
    setting: "JWT_PRIVATE_KEYS",
    of: ({ signingKeys }) => signingKeys?.map((key) => pem(key.privateKey)) ?? null,
    byDefault: null,
    good: [
      [privateKey, [privateKey]],
      [privateKey.replaceAll("\n", "\\n"), [privateKey]],
    ],
    malformed: ["hunter2", rsaKey, `${privateKey}hunter2`, privateKey.slice(0, -10)],
  },
  {
    setting: "JWT_ISSUER",
    of: ({ jwtIssuer }) => jwtIssuer,
    byDefault: "http://127.0.0.1:3000",
    good: [["https://id.example.com", "https://id.example.com"]],
    malformed: ["two words", "i".repeat(256), "ïd"],
  },
  {
    setting: "JWT_AUDIENCE",
    of: ({ jwtAudience }) => jwtAudience,
    byDefault: "taskwright",
    good: [["tasks", "tasks"]],
    malformed: ["two words", "a".repeat(256), "ä"],
  },
  duration("ACCESS_TOKEN_TTL", (s) => s.accessTokenLifetimeMillis, 3_600_000, "0 seconds", "25 hours"),
  duration("REFRESH_TOKEN_TTL", (s) => s.refreshPolicy.lifetimeMillis, 604_800_000, "999 millis", "366 days"),
  duration("REFRESH_REUSE_LEEWAY", (s) => s.refreshPolicy.reuseLeewayMillis, 0, "-1 millis", "6 minutes"),
]
