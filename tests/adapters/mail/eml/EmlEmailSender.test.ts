/** Holds the sender that writes `.eml` files to one complete, private file an email. */
import { mkdtemp, readdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Logger, References, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as EmlEmailSender from "../../../../adapters/mail/eml/EmlEmailSender.ts"
import { Email, EmailSender } from "../../../../application/mail/EmailSender.ts"
import { EmailAddress } from "../../../../domain/accounts/EmailAddress.ts"
import { FullName } from "../../../../domain/accounts/UserAccount.ts"
import { readMessage } from "../../../support/MailMessage.ts"

const token = "t0ken-_".padEnd(64, "x")
const publicUrl = "https://tasks.example.com"
const start = Date.UTC(2026, 10, 24, 16)

const emailTo = (address: string, fullName: string) =>
  Email.VerifyEmail({
    to: Schema.decodeSync(EmailAddress)(address),
    // Not decoded, because a name that an older version stored can hold anything.
    fullName: fullName as FullName,
    token,
  })

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "taskwright-eml-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true })),
)

const layerOf = (folder: string | null, options: Partial<EmlEmailSender.EmlEmailSenderOptions> = {}) =>
  EmlEmailSender.layer({
    folder,
    from: { name: "Taskwright", address: "no-reply@example.com" },
    publicUrl,
    ...options,
  })

const mailId = "019c0000-0000-7000-8000-000000000000.2"

const send = (email: Email, id = mailId) => Effect.flatMap(EmailSender, (sender) => sender.send(email, id))

/** The emails in the folder, in the order of their names. */
const filesOf = (folder: string) =>
  Effect.promise(async () => {
    const names = (await readdir(folder)).toSorted()
    return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8") })))
  })

/** Collects the log, one line of text an entry. */
const collectLogs = () => {
  const lines: Array<{ readonly level: string; readonly text: string; readonly annotations: object }> = []
  const logger = Logger.make(({ fiber, logLevel, message }) => {
    const annotations = fiber.getRef(References.CurrentLogAnnotations)
    lines.push({ level: logLevel, text: JSON.stringify([message, annotations]), annotations })
  })
  return { lines, layer: Logger.layer([logger]) }
}

const decodeWords = (text: string): string =>
  text
    .replaceAll(/\?=\s+=\?/g, "?==?")
    .replaceAll(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, word: string) => {
      if (kind.toUpperCase() === "B") return Buffer.from(word, "base64").toString("utf8")
      const bytes = word
        .replaceAll("_", " ")
        .replaceAll(/=([0-9A-F]{2})/g, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      return Buffer.from(bytes, "latin1").toString("utf8")
    })

const oneMail = (fullName: string, options: Partial<EmlEmailSender.EmlEmailSenderOptions> = {}) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    yield* send(emailTo("ada@example.com", fullName)).pipe(Effect.provide(layerOf(folder, options)))
    const [file] = yield* filesOf(folder)
    expect(file).toBeDefined()
    return { name: file?.name ?? "", text: file?.text ?? "", mail: readMessage(file?.text ?? "") }
  })

describe("EmlEmailSender", () => {
  it.effect("writes a message that a mail program can parse", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const { mail, name, text } = yield* oneMail("Ada Lovelace")
      expect(name).toBe(`2026-11-24T16-00-00.000Z-${mailId}.eml`)
      expect(mail.header("From")).toBe("Taskwright <no-reply@example.com>")
      expect(mail.header("To")).toBe("Ada Lovelace <ada@example.com>")
      expect(mail.header("Subject")).toBe("Verify your email address for Taskwright")
      expect(mail.header("Date")).toBe("Tue, 24 Nov 2026 16:00:00 +0000")
      expect(mail.header("Message-ID")).toBe(`<${mailId}@example.com>`)
      expect(mail.header("MIME-Version")).toBe("1.0")
      expect(mail.header("Content-Type")).toMatch(/^multipart\/alternative;/)
      expect(/(^|[^\r])\n/.test(text), "every line ends in CRLF").toBe(false)
      expect(text.split("\r\n").every((line) => line.length <= 998)).toBe(true)
      const link = `${publicUrl}/verify-email?token=${token}`
      const plain = mail.partOf("text/plain")
      expect(plain).toContain("Hello Ada Lovelace,")
      expect(plain.split(/\r?\n/)).toContain(link)
      expect(plain.split(/\r?\n/)).toContain(token)
      expect(plain).toContain("24 hours")
      // In the raw file, because a person looks for the link there.
      expect(text.split("\r\n")).toContain(link)
      expect(text.split("\r\n")).toContain(token)
      const html = mail.partOf("text/html")
      expect(html).toContain(`href="${link}"`)
      expect(html).toContain(`<code>${token}</code>`)
    }),
  )

  it.effect("encodes sender and recipient names in any script", () =>
    Effect.gen(function* () {
      const from = { name: 'Täsk, "wright" 🦉', address: "no-reply@example.com" }
      const { mail } = yield* oneMail("Σωκράτης 李 🦉 née O'Brien", { from })
      expect(decodeWords(mail.header("To")).replaceAll('"', "")).toBe("Σωκράτης 李 🦉 née O'Brien <ada@example.com>")
      expect(
        [...mail.headers.join("")].every((character) => character <= "~"),
        "headers are ASCII",
      ).toBe(true)
      expect(decodeWords(mail.header("From"))).toContain("🦉")
      expect(mail.header("From")).toMatch(/<no-reply@example\.com>$/)
      expect(mail.partOf("text/plain")).toContain("Hello Σωκράτης 李 🦉 née O'Brien,")
    }),
  )

  it.effect("escapes names that try to add a header, an address or a line", () =>
    Effect.gen(function* () {
      const { mail: harmless } = yield* oneMail("Ada")
      const names = (headers: ReadonlyArray<string>) => headers.map((line) => line.split(":")[0])
      for (const ending of ["\r\n", "\n", "\r", "\u0085", "\u2028", "\v", "\u202e", "\r\n\r\n", "\n\n"]) {
        const { mail } = yield* oneMail(`Ada${ending}Bcc- all${ending}<b>x<b>`)
        expect(names(mail.headers)).toStrictEqual(names(harmless.headers))
        expect(mail.header("To")).toMatch(/^"Ada Bcc- all <b>x<b>" <ada@example\.com>$/)
        expect(mail.partOf("text/plain").split(/[\r\n]+/)).toContain("Hello Ada Bcc- all <b>x<b>,")
      }
      for (const name of [
        'Ada" <eve@evil.example>, "',
        "Ada\r\nBcc: eve@evil.example",
        "eve@evil.example,",
        "Ada, Eve; Bob:",
      ]) {
        const { mail } = yield* oneMail(name)
        expect(names(mail.headers)).toStrictEqual(names(harmless.headers))
        expect(mail.header("To")).toBe("ada@example.com")
      }
    }),
  )

  it.effect.prop(
    "addresses only the owner, whatever the name",
    [Schema.toType(FullName)],
    ([fullName]) =>
      Effect.gen(function* () {
        const { mail } = yield* oneMail(fullName)
        expect(mail.header("To")).toMatch(/^(?:ada@example\.com|(?:"(?:[^"\\]|\\.)*"|[^"@<>,;:]*) <ada@example\.com>)$/)
        expect(mail.headers.length).toBe(7)
        expect(mail.partOf("text/plain")).toContain(token)
        expect(mail.partOf("text/html")).toContain(token)
      }),
    { arbitrary: { runs: 40 } },
  )

  it.effect("omits names with links or markup", () =>
    Effect.gen(function* () {
      for (const name of ["Win at https://evil.example", "evil.example", "www.evil.example/win", "a@evil.example"]) {
        const { mail, text } = yield* oneMail(name)
        expect(text).not.toContain("evil")
        expect(mail.partOf("text/plain")).toContain("Hello,")
      }
      const { mail } = yield* oneMail("<img src=x onerror=\"alert(1)\"> & 'Ada'")
      const html = mail.partOf("text/html")
      expect(html).toContain("Hello &lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; &#39;Ada&#39;,")
      expect(html).not.toContain("<img")
      expect(readMessage((yield* oneMail("J. R. R. Tolkien")).text).partOf("text/plain")).toContain(
        "Hello J. R. R. Tolkien,",
      )
    }),
  )

  it.effect("creates the folder, and writes complete files that only the owner can read, sorted by time", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const folder = join(yield* temporaryFolder, "new", "mail")
      yield* Effect.forEach(Array.from({ length: 30 }), (_, index) =>
        send(emailTo(`user${index}@example.com`, "Ada"), `mail-${String(index).padStart(2, "0")}`),
      ).pipe(Effect.provide(layerOf(folder)))
      const files = yield* filesOf(folder)
      expect(files.map(({ text }) => /user(\d+)@/.exec(readMessage(text).header("To"))?.[1])).toStrictEqual(
        Array.from({ length: 30 }, (_, index) => String(index)),
      )
      for (const { name } of files) {
        expect(name).toMatch(/\.eml$/)
        expect((yield* Effect.promise(() => stat(join(folder, name)))).mode & 0o777).toBe(0o600)
      }
      expect((yield* Effect.promise(() => stat(folder))).mode & 0o777).toBe(0o700)
    }),
  )

  it.effect("logs the path of the file, without address and token", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { layer, lines } = collectLogs()
      yield* send(emailTo("ada@example.com", "Ada Lovelace")).pipe(
        Effect.provide(layerOf(folder)),
        Effect.provide(layer),
      )
      const [file] = yield* filesOf(folder)
      expect(lines.map(({ annotations, level }) => ({ level, annotations }))).toStrictEqual([
        { level: "Info", annotations: { path: join(folder, file?.name ?? "") } },
      ])
      for (const { text } of lines) for (const secret of ["ada@", "Lovelace", token]) expect(text).not.toContain(secret)
    }),
  )

  it.effect(
    "fails if a file cannot be written, with a reason without address and token, and writes the next email",
    () =>
      Effect.gen(function* () {
        const folder = join(yield* temporaryFolder, "mail")
        yield* Effect.promise(() => writeFile(folder, "in the way"))
        yield* Effect.gen(function* () {
          const { isReachable } = yield* EmailSender
          const failure = yield* Effect.flip(send(emailTo("ada@example.com", "Ada")))
          expect(failure.reason).toMatch(/^(?:EEXIST|ENOTDIR)$/)
          expect(failure.isFinal).toBe(false)
          expect(yield* isReachable).toBe(false)
          yield* Effect.promise(() => rm(folder))
          expect(yield* isReachable).toBe(true)
          yield* send(emailTo("bob@example.com", "Bob"))
        }).pipe(Effect.provide(layerOf(folder)))
        expect((yield* filesOf(folder)).map(({ text }) => readMessage(text).header("To"))).toStrictEqual([
          "Bob <bob@example.com>",
        ])
      }),
  )

  it.effect("writes one file for the same email sent several times in one millisecond", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* Effect.forEach([1, 2, 3], () => send(emailTo("ada@example.com", "Ada"))).pipe(
        Effect.provide(layerOf(folder)),
      )
      expect((yield* filesOf(folder)).length).toBe(1)
    }),
  )

  it.effect("uses a temporary folder by default, and removes it", () =>
    Effect.gen(function* () {
      const { layer, lines } = collectLogs()
      yield* send(emailTo("ada@example.com", "Ada")).pipe(Effect.provide(layerOf(null)), Effect.provide(layer))
      const { path } = Schema.decodeUnknownSync(Schema.Struct({ path: Schema.String }))(lines[0]?.annotations)
      expect(path).toMatch(/taskwright-mail-[^/\\]+[/\\][^/\\]+\.eml$/)
      const gone = yield* Effect.promise(() =>
        rmdir(join(path, "..")).catch((cause: NodeJS.ErrnoException) => cause.code),
      )
      expect(gone).toBe("ENOENT")
    }),
  )
})
